using System.Text.RegularExpressions;

namespace Runtime.Tools;

/// <summary>
/// Takes secrets out of what is kept: keys and tokens of forms that are known, private keys, and what stands behind a name like password.
/// What comes out shows that something was there, and never what. Pure.
/// </summary>
public static partial class SecretText
{
    /// <summary>What stands where a secret was.</summary>
    public const string Mark = "[secret]";

    // Cheap marks of which one is in every form below: most texts hold none, and are looked at once.
    private static readonly System.Buffers.SearchValues<string> Hints = System.Buffers.SearchValues.Create(
        ["-----BEGIN", "sk-", "gh", "github_pat_", "AKIA", "ASIA", "xox", "AIza", "eyJ", "earer ", "asic ", "pass", "secret", "token", "api", "glpat-", "hf_", "npm_", ":AA"], StringComparison.OrdinalIgnoreCase);

    /// <summary>The text without secrets.</summary>
    public static string Redact(string text)
    {
        if (text.AsSpan().IndexOfAny(Hints) < 0) return text;
        var clean = Header().Replace(RedactKnown(text), m => $"{m.Groups[1].Value} {Mark}");
        return Named().Replace(clean, m => $"{m.Groups[1].Value}{Mark}");
    }

    /// <summary>The text without keys and tokens of forms that mean nothing else; a password that somebody tells, or asks for, stays.</summary>
    public static string RedactKnown(string text) => text.AsSpan().IndexOfAny(Hints) < 0 ? text : Known().Replace(PrivateKey().Replace(text, Mark), Mark);

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    // Each part of a text is looked at a bounded number of times, whatever is in it: messages can be long, and come from anybody.
    // OpenAI, Anthropic and others; GitHub; AWS; Slack; Google; GitLab; Hugging Face; npm; Telegram; JSON Web Tokens.
    [GeneratedRegex(@"\b(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|(AKIA|ASIA)[A-Z0-9]{16}|xox[abeoprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{30,}|glpat-[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|[0-9]{6,12}:AA[A-Za-z0-9_-]{30,}|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})", RegexOptions.CultureInvariant)]
    private static partial Regex Known();

    [GeneratedRegex(@"\b(Bearer|Basic) +[A-Za-z0-9+/=._~-]{12,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Header();

    // name = value, name: value, "name": "value"; the value has no space in it and is more than a word.
    [GeneratedRegex(@"(\b[A-Za-z0-9_.-]{0,40}(?:password|passwd|passphrase|secret|token|api_?key|apikey|access_?key)[""']? *[=:] *[""']?)(?=[^\s""',;]*[0-9!@#$%^&*+/=_-])[^\s""',;\\]{8,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}
