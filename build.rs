//! What the program carries besides its code: the page, where a release build names one, and on
//! Windows its version and icon.

use std::path::Path;

/// Names the page to be carried: `packaging/release.sh` builds it first.
const PAGE: &str = "SOATBIEU_PAGE";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(carries_page)");
    println!("cargo::rerun-if-env-changed={PAGE}");
    println!("cargo::rerun-if-changed=packaging/soatbieu.ico");
    if let Some(page) = std::env::var_os(PAGE).filter(|page| !page.is_empty()) {
        let page = Path::new(&page).display().to_string();
        assert!(Path::new(&page).is_absolute(), "{PAGE} is an absolute path");
        println!("cargo::rerun-if-changed={page}");
        println!("cargo::rustc-env={PAGE}={page}");
        println!("cargo::rustc-cfg=carries_page");
    }
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "windows") {
        let mut resource = winresource::WindowsResource::new();
        resource.set_icon("packaging/soatbieu.ico");
        resource.set_language(0x042A);
        resource.set("ProductName", "Soát biểu");
        resource.set("FileDescription", "Soát biểu: kiểm tra, sửa và trình bày bảng số liệu");
        if let Err(error) = resource.compile() {
            println!("cargo::warning=the program has no version and icon: {error}");
        }
    }
}
