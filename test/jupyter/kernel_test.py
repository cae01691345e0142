"""jupyter_kernel_test with everything that applies set."""

import unittest

import jupyter_kernel_test as suite

LIBRARY = 'import * as tagflow from "tagflow"; '


class TagflowTests(suite.KernelTests):
    kernel_name = "tagflow"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("test")'
    completion_samples = [
        {"text": "JSON.pa", "matches": {"parse"}},
        {"text": "Math.cbr", "matches": {"cbrt"}},
        {"text": "[1, 2].toRev", "matches": {"toReversed"}},
        {"text": "zzqq", "matches": set()},
    ]
    complete_code_samples = [
        "1",
        "const a: number = 1",
        "function f(x: number) {\n  return x\n}",
        "[1, 2].map(x => x)",
        "const t = `a\nb`",
        "// comment",
        "",
    ]
    incomplete_code_samples = [
        "function f() {",
        "const s = `abc",
        "[1, 2,",
        "if (true) {",
        "f(1,",
        "/* open",
        "class A {",
        "const x =",
    ]
    invalid_code_samples = ["const = 1", "1 +* 2)", "let 1a = 3", ")("]
    code_page_something = LIBRARY + 'tagflow.page("help text")'
    code_generate_error = 'throw new Error("x")'
    code_execute_result = [
        {"code": "1+1", "result": "2"},
        {"code": '"a" + "b"', "result": "'ab'"},
        {"code": "[1, 2, 3]", "result": "[ 1, 2, 3 ]"},
        {"code": "6*7", "result": "42"},
    ]
    code_display_data = [
        {"code": LIBRARY + 'tagflow.display.html("<b>x</b>")', "mime": "text/html"},
        {"code": LIBRARY + 'tagflow.display.mime("image/png", new Uint8Array(4))', "mime": "image/png"},
        {"code": LIBRARY + 'tagflow.display([{ a: 1 }])', "mime": "text/html"},
        {"code": 'import * as tslab from "tslab"; tslab.display.markdown("# x")', "mime": "text/markdown"},
    ]
    code_history_pattern = "1?1*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "JSON.parse"
    code_clear_output = LIBRARY + "tagflow.clear()"


class WelcomeTests(suite.IopubWelcomeTests):
    kernel_name = "tagflow"
    support_iopub_welcome = True


del suite

if __name__ == "__main__":
    unittest.main(verbosity=2)
