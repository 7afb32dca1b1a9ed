"""The lines that docs/editors.md gives for Neovim, in a real one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NVIM = shutil.which("nvim")

SESSION = """
vim.cmd('edit compose.yaml')
assert(vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50), 'no diagnostics came')
for _, found in ipairs(vim.diagnostic.get(0)) do
  print(found.lnum .. ':' .. found.col .. ' ' .. found.code)
end
vim.api.nvim_win_set_cursor(0, {4, 4})
local params = vim.lsp.util.make_range_params(0, 'utf-16')
params.context = { diagnostics = {} }
for _, reply in pairs(vim.lsp.buf_request_sync(0, 'textDocument/codeAction', params, 20000)) do
  for _, action in ipairs(reply.result) do
    print(action.title)
    if action.title:match('^Ignore') then vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16') end
  end
end
assert(vim.wait(20000, function() return #vim.diagnostic.get(0) == 0 end, 50), 'the diagnostics stayed')
for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do print(line) end
vim.cmd('edit! .env.production')
assert(vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50), 'no diagnostics came for an env file')
print(vim.diagnostic.get(0)[1].code)
vim.cmd('edit! app.dockerfile')
assert(vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50), 'no diagnostics came for a Dockerfile')
print(vim.diagnostic.get(0)[1].code)
vim.cmd('quitall!')
"""


@pytest.mark.skipif(NVIM is None, reason="Neovim is not installed")
def test_neovim_shows_findings_and_applies_actions(tmp_path: Path) -> None:
    assert NVIM is not None
    version = subprocess.run([NVIM, "--version"], capture_output=True, text=True, check=True).stdout
    number = re.match(r"NVIM v0\.(\d+)", version)
    assert number is not None
    newer, older, env = re.findall(r"```lua\n(.*?)```", (ROOT / "docs" / "editors.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "init.lua").write_text((newer if int(number[1]) >= 11 else older) + env + SESSION, encoding="utf-8")
    (tmp_path / "capdrop").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m capdrop "$@"\n', encoding="utf-8")
    (tmp_path / "capdrop").chmod(0o755)
    (tmp_path / "compose.yaml").write_text("services:\n  app:\n    image: nginx:1.29\n    privileged: true # ✓\n", encoding="utf-8")
    (tmp_path / ".env.production").write_text("# of the shop\nPOSTGRES_HOST_AUTH_METHOD=trust\n", encoding="utf-8")
    (tmp_path / "app.dockerfile").write_text("FROM alpine:latest\n", encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "hooks")]),
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
    }
    command = [NVIM, "--headless", "--clean", "--cmd", "filetype on", "-S", "init.lua"]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=90, check=False, stdin=subprocess.DEVNULL
    )
    said = ran.stderr.replace("\r", "")
    assert "3:16 privileged-container" in said
    assert "Remove `privileged`" in said
    assert "protection-switched-off" in said
    assert "image-with-moving-tag" in said
    assert "    # capdrop: ignore[privileged-container]\n    privileged: true # ✓" in said
