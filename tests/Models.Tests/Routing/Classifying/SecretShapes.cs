using System.Globalization;
using System.Text;
using TestKit;

namespace Models.Tests.Routing.Classifying;

/// <summary>Made-up secrets of forty shapes that look like real ones, and ways to hide them; the same for a seed everywhere.</summary>
internal sealed class SecretShapes(ulong seed)
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz", Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Digit = "0123456789", Alnum = Lower + Upper + Digit, Hex = "0123456789abcdef", Base64 = Alnum + "+/";

    private static readonly string[] Chat = ["Could you look at this for me? ", "Here is what I have so far: ", "I am setting up the new server and it says ", "Please remember: ", "From the log of last night:\n", ""];
    private static readonly string[] Rest = [" Thanks!", " What is wrong with it?", "\nTell me what to do next.", "", " and that is all I know.", "\n\nRegards"];

    private readonly SeededRandom _random = new(seed);

    /// <summary>Their names and how one is made.</summary>
    public static IReadOnlyList<(string Name, Func<SecretShapes, string> Make)> All { get; } =
    [
        ("openai", s => "sk-proj-" + s.Some(Alnum + "_-", 60)), ("openai-old", s => "sk-" + s.Some(Alnum, 48)), ("anthropic", s => "sk-ant-api03-" + s.Some(Alnum + "_-", 93)),
        ("openrouter", s => "sk-or-v1-" + s.Some(Hex, 64)), ("groq", s => "gsk_" + s.Some(Alnum, 52)), ("hugging-face", s => "hf_" + s.Some(Lower + Upper, 20) + s.Some(Alnum, 14) + "7"),
        ("google", s => "AIza" + s.Some(Alnum + "_-", 35)), ("github", s => s.Of("ghp_", "gho_", "ghu_", "ghs_") + s.Some(Alnum, 36)), ("github-fine", s => "github_pat_" + s.Some(Alnum, 22) + "_" + s.Some(Alnum, 59)),
        ("gitlab", s => "glpat-" + s.Some(Alnum + "_-", 20)), ("aws-id", s => s.Of("AKIA", "ASIA") + s.Some(Upper + "234567", 16)), ("aws-secret", s => s.Some(Base64, 40)),
        ("slack", s => "xoxb-" + s.Some(Digit, 12) + "-" + s.Some(Digit, 12) + "-" + s.Some(Alnum, 24)), ("slack-hook", s => "https://hooks.slack.com/services/T" + s.Some(Upper + Digit, 8) + "/B" + s.Some(Upper + Digit, 8) + "/" + s.Some(Alnum, 24)),
        ("stripe", s => s.Of("sk_live_", "rk_live_", "sk_test_") + s.Some(Alnum, 24)), ("sendgrid", s => "SG." + s.Some(Alnum + "_-", 22) + "." + s.Some(Alnum + "_-", 43)),
        ("twilio", s => "SK" + s.Some(Hex, 32)), ("mailgun", s => "key-" + s.Some(Hex, 32)), ("npm", s => "npm_" + s.Some(Alnum, 36)), ("pypi", s => "pypi-AgEIcHlwaS5vcmc" + s.Some(Alnum + "_-", 80)),
        ("digitalocean", s => "dop_v1_" + s.Some(Hex, 64)), ("shopify", s => "shpat_" + s.Some(Hex, 32)), ("telegram", s => "7" + s.Some(Digit, 9) + ":AA" + s.Some(Alnum + "_-", 33)),
        ("discord", s => "M" + s.Some(Alnum, 25) + "." + s.Some(Alnum, 6) + "." + s.Some(Alnum + "_-", 38)), ("tailscale", s => "tskey-auth-" + s.Some(Alnum, 12) + "CNTRL-" + s.Some(Alnum, 32)),
        ("databricks", s => "dapi" + s.Some(Hex, 32)), ("vault", s => "hvs." + s.Some(Alnum + "_-", 90)), ("age", s => "AGE-SECRET-KEY-1" + s.Some(Upper + Digit, 58)),
        ("azure", s => "DefaultEndpointsProtocol=https;AccountName=store;AccountKey=" + s.Some(Base64, 86) + "==;EndpointSuffix=core.windows.net"),
        ("pem", s => $"-----BEGIN {s.Of("RSA ", "EC ", "OPENSSH ", "")}PRIVATE KEY-----\n{s.Some(Base64, 64)}\n{s.Some(Base64, 64)}\n-----END PRIVATE KEY-----"),
        ("jwt", s => $"{Url("""{"alg":"HS256","typ":"JWT"}""")}.{Url($$"""{"sub":"{{s.Some(Digit, 8)}}","name":"Jo"}""")}.{s.Some(Alnum + "_-", 43)}"),
        ("url-login", s => $"{s.Of("postgres", "mysql", "https", "amqp", "redis")}://admin:{s.Some(Alnum, 12)}@db.internal:5432/app"), ("password", s => s.Of("password: ", "DB_PASSWORD=", "my password is ", "\"password\": \"") + s.Some(Alnum + "!#%+", 11) + "7x"),
        ("named-key", s => s.Of("api_key = ", "client_secret=", "auth token: ", "ENCRYPTION_KEY: ") + s.Some(Hex, 31) + "8"), ("bearer", s => "Authorization: Bearer " + s.Some(Alnum + "_-.", 38) + "3"),
        ("card", s => s.Card()), ("iban", s => s.Iban()), ("phone", s => s.Phone()), ("email", s => $"{s.Some(Lower, 6)}.{s.Some(Lower, 7)}@{s.Some(Lower, 8)}.{s.Of("com", "de", "org", "co.uk")}"),
        ("path", s => s.Of("/home/", "/Users/") + s.Some(Lower, 6) + s.Of("/.ssh/id_ed25519", "/Documents/tax 2025.pdf", "/.aws/credentials", "/notes/diary.md")),
    ];

    /// <summary>Texts of one conversation with a secret in it.</summary>
    /// <param name="secret">It.</param>
    /// <param name="way">How it is hidden: plain, JSON, base64, base64 of JSON, hexadecimal, JSON's escapes, address escapes, over two or three messages, over messages with words around it.</param>
    public IReadOnlyList<string> Hide(string secret, int way)
    {
        var (before, after) = (Of(Chat), Of(Rest));
        return way switch
        {
            0 => [$"{before}{secret}{after}"],
            1 => [$$"""{"id":{{_random.Next(1000)}},"note":"{{Escape($"{before}{secret}{after}")}}","ok":true}"""],
            2 => [$"{before}{Convert.ToBase64String(Encoding.UTF8.GetBytes($"config: {secret}"))}{after}"],
            3 => [before + Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"value":"{{Escape(secret)}}"}"""), Base64FormattingOptions.InsertLineBreaks)],
            4 => [$"{before}{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret))}{after}"],
            5 => [$"{{\"text\":\"{string.Concat(secret.Select(c => char.IsAsciiLetterOrDigit(c) && _random.Next(3) > 0 ? $"{c}" : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")))}\"}}"],
            6 => [$"https://example.net/?q={Uri.EscapeDataString(secret)}&page=1"],
            7 => Split(secret, 2, before, after),
            8 => Split(secret, 3, before, after),
            _ => [.. Split(secret, 2, "", "").Select((part, i) => $"{(i == 0 ? "The first half: " : "The rest: ")}{part} {(i == 0 ? "wait" : "is all")}")],
        };
    }

    public int Next(int end) => _random.Next(end);

    private string[] Split(string secret, int parts, string before, string after)
    {
        var cuts = Enumerable.Range(1, parts - 1).Select(i => secret.Length * i / parts + _random.Next(5) - 2).ToList();
        var pieces = new List<string>();
        var from = 0;
        foreach (var cut in cuts.Append(secret.Length))
        {
            pieces.Add(secret[from..cut]);
            from = cut;
        }
        return [before + pieces[0], .. pieces[1..^1], pieces[^1] + after];
    }

    private static string Escape(string text) => System.Text.Json.JsonEncodedText.Encode(text).Value;

    private static string Url(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private string Card()
    {
        var (prefix, length) = _random.Next(4) switch { 0 => ("4", 16), 1 => ($"5{1 + _random.Next(5)}", 16), 2 => (Of("34", "37"), 15), _ => ("6011", 16) };
        var digits = prefix + Some(Digit, length - prefix.Length - 1);
        var sum = digits.Reverse().Select((c, i) => i % 2 == 1 ? c - '0' : (c - '0') * 2 is var d && d > 9 ? d - 9 : d).Sum();
        digits += (10 - sum % 10) % 10;
        var blank = Of("", " ", "-");
        return length == 15 ? $"{digits[..4]}{blank}{digits[4..10]}{blank}{digits[10..]}" : string.Join(blank, digits.Chunk(4).Select(c => new string(c)));
    }

    private string Iban()
    {
        var (country, length, letters) = _random.Next(4) switch { 0 => ("DE", 22, 0), 1 => ("GB", 22, 4), 2 => ("FR", 27, 0), _ => ("NL", 18, 4) };
        var body = Some(Upper, letters) + Some(Digit, length - 4 - letters);
        var rest = 0;
        foreach (var c in body + country + "00") rest = char.IsAsciiDigit(c) ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
        var iban = string.Create(CultureInfo.InvariantCulture, $"{country}{98 - rest:00}{body}");
        return _random.Next(2) == 0 ? iban : string.Join(' ', iban.Chunk(4).Select(c => new string(c)));
    }

    private string Phone() => _random.Next(4) switch
    {
        0 => $"+49 {1 + _random.Next(9)}{Some(Digit, 2)} {Some(Digit, 7)}",
        1 => $"(4{Some(Digit, 2)}) {2 + _random.Next(8)}{Some(Digit, 2)}-{Some(Digit, 4)}",
        2 => $"+44{Some(Digit, 10)}",
        _ => $"4{Some(Digit, 2)}-{2 + _random.Next(8)}{Some(Digit, 2)}-{Some(Digit, 4)}",
    };

    private string Some(string of, int count)
    {
        var text = new char[count];
        for (var i = 0; i < count; i++) text[i] = of[_random.Next(of.Length)];
        return new string(text);
    }

    private string Of(params string[] one) => one[_random.Next(one.Length)];
}
