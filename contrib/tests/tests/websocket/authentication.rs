use super::house::{House, run, with_cookie};
use contrib::StoreError;
use contrib::auth::User;
use contrib::sessions::{Session, SessionData, SessionKey, SessionStore};
use contrib::signing::SecretKey;
use contrib::websocket::{
    Authentication, AuthenticationOptions, LoginRequired, LoginRequiredOptions,
};
use engine_async::http::StatusCode;
use engine_async::testing::Script;
use engine_async::{Accept, CloseFrame, Last, Message, Outgoing, Stack, WebSocket, around, hooks};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, SystemTime};

fn authentication(house: &House) -> Authentication {
    Authentication::new(&house.stores, AuthenticationOptions::default()).unwrap()
}

/// Who the app is told is connected.
#[track_caller]
fn who(house: &House, ws: WebSocket) -> String {
    let (ended, sent) = run([hooks(authentication(house))], ws, Script::new().close(1000));
    assert!(ended.error.is_none(), "{:?}", ended.error);
    sent.messages()[0].as_text().unwrap().to_owned()
}

#[test]
fn who_has_logged_in_over_http_is_known_by_the_cookie() {
    let house = House::new();
    let (key, _) = house.log_in("alice");
    assert_eq!(who(&house, with_cookie(&key)), "alice");
    assert_eq!(who(&house, WebSocket::get("/")), "nobody");
}

#[test]
fn who_has_logged_out_is_nobody() {
    let house = House::new();
    let (key, _) = house.log_in("alice");
    house.sessions.delete(&key).unwrap();
    assert_eq!(who(&house, with_cookie(&key)), "nobody");
}

#[test]
fn a_key_that_no_session_has_is_nobody_and_makes_none() {
    let house = House::new();
    for key in ["12345678", "x", "'; DROP TABLE sessions; --"] {
        let ws = engine_async::http::Request::get("/").header("cookie", format!("sessionid={key}"));
        assert_eq!(who(&house, WebSocket::new(ws.body(()).unwrap())), "nobody", "{key}");
    }
    assert!(house.sessions.is_empty());
}

#[test]
fn a_session_that_has_expired_is_nobody() {
    let house = House::new();
    let (key, _) = house.log_in("alice");
    let data = house.sessions.load(&key).unwrap().unwrap();
    let past = SystemTime::now() - Duration::from_secs(1);
    let expired = house.sessions.create(&data, past).unwrap();
    assert_eq!(who(&house, with_cookie(&expired)), "nobody");
}

#[test]
fn a_session_that_names_another_user_than_it_can_prove_is_nobody() {
    let house = House::new();
    let (alice, _) = house.log_in("alice");
    let (bob, _) = house.log_in("bob");
    let mut data = house.sessions.load(&alice).unwrap().unwrap();
    let bobs = house.sessions.load(&bob).unwrap().unwrap();
    data.insert("_auth_user_id".into(), bobs["_auth_user_id"].clone());
    let later = SystemTime::now() + Duration::from_secs(60);
    let forged = house.sessions.create(&data, later).unwrap();
    assert_eq!(who(&house, with_cookie(&forged)), "nobody");
}

#[test]
fn a_session_of_another_secret_or_an_earlier_password_is_nobody() {
    let mut house = House::new();
    let (key, _) = house.log_in("alice");
    let mut account = house.stores.users.by_name("alice").unwrap().unwrap();
    house.accounts.set_password(&mut account, "another horse").unwrap();
    assert_eq!(who(&house, with_cookie(&key)), "nobody");

    let (key, _) = house.log_in("alice");
    assert_eq!(who(&house, with_cookie(&key)), "alice");
    house.stores.secret = SecretKey::random();
    assert_eq!(who(&house, with_cookie(&key)), "nobody");
}

#[test]
fn an_account_that_is_not_active_is_nobody() {
    let house = House::new();
    let (key, _) = house.log_in("alice");
    let mut account = house.stores.users.by_name("alice").unwrap().unwrap();
    account.is_active = false;
    house.stores.users.update(&account).unwrap();
    assert_eq!(who(&house, with_cookie(&key)), "nobody");
}

#[test]
fn a_user_whom_the_http_stack_has_set_is_kept() {
    let house = House::new();
    let (_, bob) = house.log_in("bob");
    let (alice, _) = house.log_in("alice");
    assert_eq!(who(&house, with_cookie(&alice).with::<User>(bob)), "bob");
}

/// Sessions that note which threads ask for them, or fail.
struct Watched {
    sessions: Arc<dyn SessionStore>,
    asked_on: Mutex<Vec<ThreadId>>,
    fails: bool,
}

impl SessionStore for Watched {
    fn load(&self, key: &SessionKey) -> Result<Option<SessionData>, StoreError> {
        self.asked_on.lock().unwrap().push(thread::current().id());
        match self.fails {
            true => Err(StoreError::new("the disk is gone")),
            false => self.sessions.load(key),
        }
    }
    fn create(&self, data: &SessionData, at: SystemTime) -> Result<SessionKey, StoreError> {
        self.sessions.create(data, at)
    }
    fn save(&self, k: &SessionKey, d: &SessionData, at: SystemTime) -> Result<bool, StoreError> {
        self.sessions.save(k, d, at)
    }
    fn cycle(
        &self,
        key: &SessionKey,
        data: &SessionData,
        at: SystemTime,
    ) -> Result<Option<SessionKey>, StoreError> {
        self.sessions.cycle(key, data, at)
    }
    fn delete(&self, key: &SessionKey) -> Result<(), StoreError> {
        self.sessions.delete(key)
    }
    fn clear_expired(&self) -> Result<u64, StoreError> {
        self.sessions.clear_expired()
    }
}

fn watch(house: &mut House, fails: bool) -> Arc<Watched> {
    let sessions = Arc::clone(&house.stores.sessions);
    let watched = Arc::new(Watched { sessions, asked_on: Mutex::default(), fails });
    house.stores.sessions = watched.clone();
    watched
}

#[test]
fn the_stores_are_asked_off_the_executor_and_once() {
    let mut house = House::new();
    let (key, _) = house.log_in("alice");
    let watched = watch(&mut house, false);
    assert_eq!(who(&house, with_cookie(&key)), "alice");
    let asked_on = watched.asked_on.lock().unwrap();
    assert_eq!(asked_on.len(), 1);
    assert_ne!(asked_on[0], thread::current().id());
}

#[test]
fn a_store_that_fails_refuses_the_connection_with_500() {
    let mut house = House::new();
    let (key, _) = house.log_in("alice");
    watch(&mut house, true);
    let (ended, sent) = run([hooks(authentication(&house))], with_cookie(&key), Script::new());
    assert!(ended.error.unwrap().message().contains("the disk is gone"));
    let refusal = Last::Refuse(StatusCode::INTERNAL_SERVER_ERROR.into());
    assert_eq!((sent.events(), sent.last()), (vec![], Some(refusal)));
}

#[test]
fn the_session_of_the_http_side_is_there_to_be_read() {
    let house = House::new();
    let (key, _) = house.log_in("alice");
    let mut data = house.sessions.load(&key).unwrap().unwrap();
    data.insert("cart".into(), "apples".into());
    house.sessions.save(&key, &data, SystemTime::now() + Duration::from_secs(60)).unwrap();
    let seen = Arc::new(Mutex::new(None));
    let tell = Arc::clone(&seen);
    let look = engine_async::hook_fns("look", move |on| {
        on.enter(move |_, ws| {
            let cart = ws.require::<Session>().unwrap().get::<String>("cart").unwrap();
            *tell.lock().unwrap() = cart;
            engine_async::Step::Pass
        });
    });
    run([hooks(authentication(&house)), look], with_cookie(&key), Script::new());
    assert_eq!(seen.lock().unwrap().as_deref(), Some("apples"));
}

fn login_required(close_code: Option<u16>) -> Arc<engine_async::WsLayer> {
    let mut options = LoginRequiredOptions::default();
    options.close_code = close_code;
    around(LoginRequired::new(options).unwrap())
}

#[test]
fn a_connection_for_users_only_refuses_nobody_with_403() {
    let house = House::new();
    let stack = || [hooks(authentication(&house)), login_required(None)];
    let (_, sent) = run(stack(), WebSocket::get("/"), Script::new());
    let refusal = Last::Refuse(StatusCode::FORBIDDEN.into());
    assert_eq!((sent.events(), sent.last()), (vec![], Some(refusal)));
    let (key, _) = house.log_in("alice");
    let (_, sent) = run(stack(), with_cookie(&key), Script::new().close(1000));
    assert_eq!(sent.messages(), [Message::text("alice")]);
}

#[test]
fn a_connection_for_users_only_may_say_so_with_a_close_code() {
    let house = House::new();
    let stack = [hooks(authentication(&house)), login_required(Some(4401))];
    let (ended, sent) = run(stack, WebSocket::get("/"), Script::new().send("let me in"));
    let close = Outgoing::Close(CloseFrame::with_reason(4401, "log in first"));
    assert_eq!(sent.events(), [Outgoing::Accept(Accept::new()), close]);
    assert_eq!(ended.by.as_deref(), Some("LoginRequired"));
}

#[test]
fn a_connection_for_users_only_does_not_build_without_authentication_further_out() {
    let house = House::new();
    let stack =
        Stack::builder().layer(login_required(None)).layer(hooks(authentication(&house))).build();
    assert_eq!(
        stack.unwrap_err().problems()[0].to_string(),
        "`LoginRequired` (1st) needs `User`; it is provided by `Authentication` (2nd): list \
         `LoginRequired` after `Authentication`"
    );
}
