using Runtime.Context;

namespace Runtime.Skills.Installing;

/// <summary>
/// What in a skill's files is worth a person's look: what skills that stole had in them (openclaw/openclaw#9197, #16052). It finds what is
/// plain; it proves nothing where it finds nothing. Pure.
/// </summary>
internal static class SuspiciousText
{
    private const int LongestRun = 120;

    private static readonly string[] ScriptEndings = [".sh", ".bash", ".zsh", ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".php", ".ps1", ".bat", ".cmd", ".lua", ".exe", ".dll", ".so", ".jar", ".wasm", ".command"];

    // A line with one of the first, and one of the second where there are any, in small letters.
    private static readonly (string What, string[] One, string[] And)[] Rules =
    [
        ("passes something from the network or from base64 on to a shell", ["curl", "wget", "base64", "xxd", "openssl", "http"], ["| sh", "|sh", "| bash", "|bash", "| zsh", "|zsh", "| dash", "|dash", "| sudo", "|sudo", "| python", "|python", "| node", "|node"]),
        ("passes something from the network or from base64 on to a shell", ["bash <(", "sh <(", "-c \"$(", "-c '$(", "invoke-expression", "iex(", "iex (", "| iex", "eval(atob", "eval \"$(", "eval $("], []),
        ("tells the model to disregard its instructions, or to hide something from the person", ["ignore", "disregard", "forget", "override"], ["previous", "prior", "above", "earlier", "system prompt", "your instruction", "all instruction", "guideline", "safety"]),
        ("tells the model to disregard its instructions, or to hide something from the person", ["do not", "don't", "never", "without"], ["tell the", "telling the", "inform the", "mention this", "show the user", "ask the user", "asking", "confirm"]),
        ("tells the model to disregard its instructions, or to hide something from the person", ["<|im_start", "<|system", "[inst]", "<system>"], []),
        ("wants something downloaded, unpacked with a password or installed before it works", ["prerequisite", "pre-requisite", "required", "must", "before", "first"], ["download", "install http", "unpack", "extract", ".dmg", ".exe", ".pkg"]),
        ("wants something downloaded, unpacked with a password or installed before it works", ["password:", "password is", "pass:", "passphrase:", "with password", "password `", "pass `"], []),
        ("points to a place where anybody can put texts (a paste or a shortened address)", ["glot.io", "pastebin.com", "paste.ee", "rentry.co", "rentry.org", "hastebin", "ghostbin", "transfer.sh", "0x0.st", "bit.ly", "tinyurl.com", "//t.co/", "is.gd", "webhook.site", "ngrok", "requestbin"], []),
        ("names places where keys and passwords lie", [".ssh/", "id_rsa", "id_ed25519", ".aws/credentials", ".netrc", ".npmrc", ".gnupg", "wallet.dat", "/etc/shadow", "keychain", "login data", ".openclaw/", ".appliance/", "gateway token"], []),
        ("changes what the agent is told for good (its own files)", ["soul.md", "agents.md", "memory.md", "heartbeat.md", "tools.md", "identity.md"], ["write", "append", "add", "edit", "replace", ">>"]),
        ("names variables by which other programs are changed", ["ld_preload", "ld_library_path", "dyld_insert", "node_options", "pythonstartup", "bash_env", "dotnet_startup_hooks", "perl5opt", "git_ssh_command", "path="], []),
        ("speaks of approvals, the sandbox or permissions being switched off", ["disable", "turn off", "switch off", "bypass", "skip", "circumvent"], ["approval", "sandbox", "permission", "confirmation", "security", "policy"]),
        ("speaks of approvals, the sandbox or permissions being switched off", ["exec-approvals.json", "appliance.json", "skills.json"], []),
    ];

    /// <summary>What is odd about a text, each in words that follow the file's name.</summary>
    public static IEnumerable<string> Find(string text)
    {
        if (DataText.Visible(text).Length != text.Length) yield return "has hidden characters in it: a person does not see all that a model reads";
        if (HasLongRun(text)) yield return "has a long text in it that nobody can read (base64 or the like)";
        var lines = text.ToLowerInvariant().Split('\n');
        foreach (var what in Rules.Where(rule => lines.Any(line => rule.One.Any(w => line.Contains(w, StringComparison.Ordinal)) && (rule.And.Length == 0 || rule.And.Any(w => line.Contains(w, StringComparison.Ordinal)))))
            .Select(rule => rule.What).Distinct()) yield return what;
    }

    /// <summary>What a file is where it is no text that a person can read, or null.</summary>
    public static string? KindOf(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("PK\x03\x04"u8) || content.StartsWith("Rar!"u8) || content is [0x1F, 0x8B, ..] or [(byte)'7', (byte)'z', 0xBC, 0xAF, ..]) return "an archive inside the skill, which was not looked into";
        if (content is [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] or [(byte)'M', (byte)'Z', ..] or [0xCF, 0xFA, 0xED, 0xFE, ..]) return "a program without its source";
        return null;
    }

    /// <summary>True for what could be run.</summary>
    public static bool IsScript(SkillFile file, ReadOnlySpan<byte> content) =>
        file.IsExecutable || content.StartsWith("#!"u8) || content is [0x7F, (byte)'E', ..] or [(byte)'M', (byte)'Z', ..] || ScriptEndings.Any(ending => file.Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The hosts of addresses in a text.</summary>
    public static IEnumerable<string> Hosts(string text)
    {
        for (var at = text.IndexOf("://", StringComparison.Ordinal); at >= 0; at = text.IndexOf("://", at + 3, StringComparison.Ordinal))
        {
            var from = at + 3;
            var end = from;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-' or ':' or '[' or ']' or '@' or '_')) end++;
            var host = text[from..end].TrimEnd('.', ':');
            if (host.Length is > 0 and <= 253) yield return host[(host.LastIndexOf('@') + 1)..].ToLowerInvariant();
        }
    }

    private static bool HasLongRun(string text)
    {
        var run = 0;
        foreach (var c in text)
        {
            run = char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=' or '\\' ? run + 1 : 0;
            if (run >= LongestRun) return true;
        }
        return false;
    }
}
