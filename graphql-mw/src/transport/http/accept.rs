//! Which media type the client wants its answer in.

use mime::Mime;

/// The media type of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`, for clients from before the specification: what they can read has a
    /// status of 200.
    #[default]
    Json,
    /// `application/graphql-response+json`: the status says whether the request was executed.
    GraphqlResponse,
}

impl MediaType {
    /// As the `Content-Type` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            MediaType::Json => "application/json; charset=utf-8",
            MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// The one that an `Accept` header likes better; `application/json` where it does not say, and
    /// none where it wants neither. Of two that it likes equally it is the newer one, if it is
    /// named.
    pub fn accepted(accept: Option<&str>) -> Option<MediaType> {
        let Some(accept) = accept else { return Some(MediaType::Json) };
        let ranges: Vec<Range> = accept.split(',').filter_map(Range::read).collect();
        if ranges.is_empty() && accept.trim().is_empty() {
            return Some(MediaType::Json);
        }
        let named = ranges.iter().any(|range| range.exactness("graphql-response+json") == Some(2));
        let liked = |media, subtype| Some((media, quality(&ranges, subtype)?));
        let json = liked(MediaType::Json, "json");
        let graphql = liked(MediaType::GraphqlResponse, "graphql-response+json");
        match (json, graphql) {
            (Some((_, json)), Some((media, graphql)))
                if graphql > json || (graphql == json && named) =>
            {
                Some(media)
            }
            (Some((media, _)), _) | (None, Some((media, _))) => Some(media),
            (None, None) => None,
        }
    }
}

/// How much `application/SUBTYPE` is liked, in thousandths: what the range says that fits it most
/// exactly. None where it is not wanted.
fn quality(ranges: &[Range], subtype: &str) -> Option<u16> {
    let fitting =
        ranges.iter().filter_map(|range| Some((range.exactness(subtype)?, range.quality)));
    fitting.max().map(|(_, quality)| quality).filter(|quality| *quality > 0)
}

/// One of the ranges in an `Accept` header.
struct Range {
    media: Mime,
    /// In thousandths.
    quality: u16,
}

impl Range {
    /// A range that cannot be read, or that wants another charset than UTF-8, is as if it were not
    /// there.
    fn read(text: &str) -> Option<Range> {
        let media: Mime = text.trim().parse().ok()?;
        if media.get_param(mime::CHARSET).is_some_and(|charset| charset != mime::UTF_8) {
            return None;
        }
        let quality = match media.get_param("q") {
            None => 1000,
            Some(quality) => {
                let quality: f32 = quality.as_str().parse().ok()?;
                (quality.clamp(0.0, 1.0) * 1000.0) as u16
            }
        };
        Some(Range { media, quality })
    }

    /// How exactly it names `application/SUBTYPE`: 2 by name, 1 as `application/*`, 0 as `*/*`.
    fn exactness(&self, subtype: &str) -> Option<u8> {
        let written = self.media.essence_str();
        match written.split_once('/') {
            Some(("*", "*")) => Some(0),
            Some(("application", "*")) => Some(1),
            Some(("application", other)) if other == subtype => Some(2),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &str, expected: Option<MediaType>) {
        assert_eq!(MediaType::accepted(Some(accept)), expected, "{accept}");
    }

    const JSON: Option<MediaType> = Some(MediaType::Json);
    const GRAPHQL: Option<MediaType> = Some(MediaType::GraphqlResponse);

    #[test]
    fn without_a_wish_the_answer_is_json() {
        assert_eq!(MediaType::accepted(None), JSON);
        check("", JSON);
        check("*/*", JSON);
        check("application/*", JSON);
    }

    #[test]
    fn the_named_one_is_taken() {
        check("application/json", JSON);
        check("application/graphql-response+json", GRAPHQL);
        check("application/graphql-response+json; charset=utf-8", GRAPHQL);
        check("APPLICATION/GraphQL-Response+JSON", GRAPHQL);
    }

    #[test]
    fn of_both_the_newer_one_is_taken_unless_it_is_liked_less() {
        check("application/graphql-response+json, application/json", GRAPHQL);
        check("application/json, application/graphql-response+json", GRAPHQL);
        check("application/graphql-response+json, application/json;q=0.9, */*;q=0.1", GRAPHQL);
        check("application/graphql-response+json;q=0.5, application/json", JSON);
        check("application/graphql-response+json, */*", GRAPHQL);
        check("application/graphql-response+json;q=0.2, */*", JSON);
    }

    #[test]
    fn what_is_not_wanted_is_not_sent() {
        check("text/html", None);
        check("application/json;q=0", None);
        check("application/json;q=0, */*", GRAPHQL);
        check("application/json; charset=iso-8859-1", None);
        check("nonsense", None);
    }

    #[test]
    fn a_browsers_wish_gives_json() {
        check("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON);
    }
}
