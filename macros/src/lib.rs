//! stub
use proc_macro::TokenStream;
/// stub
#[proc_macro_attribute]
pub fn coroutine(_a: TokenStream, i: TokenStream) -> TokenStream {
    i
}
/// stub
#[proc_macro]
pub fn coroutine_expr(i: TokenStream) -> TokenStream {
    i
}
