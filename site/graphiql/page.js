// Queries and mutations go by HTTP, subscriptions by websocket, all to the page's own address.

const url = location.origin + location.pathname
const fetcher = GraphiQL.createFetcher({ url, subscriptionUrl: url.replace(/^http/, 'ws') })

const defaultQuery = `# Who is asked for? Log in on a page of this site, and look again.
query Look {
  me { name }
  notes { number author text }
}

# For users only: the layer \`login-required\` says so in site/settings.toml.
mutation Leave {
  addNote(text: "hello") { number author text }
}

# Runs on while you leave notes in another window.
subscription Follow {
  noteAdded(last: 1) { number author text }
}
`

ReactDOM.createRoot(document.getElementById('graphiql'))
  .render(React.createElement(GraphiQL, { fetcher, defaultQuery }))
