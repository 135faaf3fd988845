using System.Buffers;

namespace Models.Routing.Classifying;

/// <summary>What is private in a text and not by its first letters alone: keys in PEM, signed tokens, logins in addresses, what is called a password, e-mail addresses, private files, words that only machines write. Pure.</summary>
internal static class TextShapes
{
    private static readonly SearchValues<char> Base64Url = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    private static readonly SearchValues<char> Key = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/=");
    private static readonly SearchValues<char> EmailLocal = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-");
    private static readonly SearchValues<char> Domain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");
    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create(" \t\r\n\"'/?#<>");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t\r\n\"'`,;\\<>)]}|");

    private static readonly SearchValues<string> PrivateKeys = SearchValues.Create(["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "PuTTY-User-Key-File-"], StringComparison.Ordinal);
    private static readonly SearchValues<string> Names = SearchValues.Create(
        ["password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "api_key", "api key", "apikey", "api-key", "access_key", "access key", "accesskey", "access-key",
            "private_key", "private key", "privatekey", "encryption key", "encryption_key", "credential", "passwort", "kennwort", "mot de passe", "contraseña"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> SecretFiles = SearchValues.Create(
        ["/.ssh/", "id_rsa", "id_ed25519", "id_ecdsa", "/.aws/credentials", "/.kube/config", "/.gnupg/", "/.netrc", "/.pgpass", "/etc/shadow", "/.docker/config.json", ".git-credentials"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> PrivateFolders = SearchValues.Create(["/home/", "/Users/", "/root/", @":\Users\", @":\\Users\\", "~/"], StringComparison.Ordinal);

    /// <summary>Finds all of them.</summary>
    public static void Find(ReadOnlySpan<char> text, List<Finding> findings)
    {
        if (text.IndexOfAny(PrivateKeys) is >= 0 and var pem) findings.Add(new Finding("a private key", DataClass.Secret, pem, 16));
        SignedTokens(text, findings);
        Bots(text, findings);
        Logins(text, findings);
        Named(text, findings);
        Emails(text, findings);
        if (text.IndexOfAny(SecretFiles) is >= 0 and var file) findings.Add(new Finding("a file of keys", DataClass.Secret, file, 1));
        Folders(text, findings);
        Machine(text, findings);
    }

    // RFC 7519: a header that is JSON and says how it is signed.
    private static void SignedTokens(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; text[from..].IndexOf("eyJ", StringComparison.Ordinal) is >= 0 and var found; from++)
        {
            from += found;
            var header = Run(text[from..], Base64Url);
            if (header.Length >= 12 && from + header.Length < text.Length && text[from + header.Length] == '.'
                && Run(text[(from + header.Length + 1)..], Base64Url) is { Length: >= 8 } body
                && Encodings.FromBase64(header)?.Contains("\"alg\"", StringComparison.Ordinal) == true)
                findings.Add(new Finding("a signed token", DataClass.Secret, from, header.Length + 1 + body.Length));
            from += header.Length - 1;
        }
    }

    // Telegram's: the bot's number, a colon, AA and 33 more.
    private static void Bots(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; text[from..].IndexOf(":AA", StringComparison.Ordinal) is >= 0 and var found; from++)
        {
            from += found;
            var digits = from;
            while (digits > 0 && from - digits < 11 && char.IsAsciiDigit(text[digits - 1])) digits--;
            if (from - digits is >= 8 and <= 10 && Run(text[(from + 1)..], Base64Url).Length == 35) findings.Add(new Finding("a Telegram bot's token", DataClass.Secret, digits, from - digits + 36));
        }
    }

    /// <summary>True for a word that calls what follows a secret.</summary>
    public static bool Announces(string word) => word is "Bearer" or "bearer" or "Basic" || word.AsSpan().IndexOfAny(Names) >= 0;

    // scheme://user:password@host
    private static void Logins(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; text[from..].IndexOf("://", StringComparison.Ordinal) is >= 0 and var found; from += 3)
        {
            from += found;
            var authority = text[(from + 3)..];
            var end = authority.IndexOfAny(AuthorityEnds);
            if (end >= 0) authority = authority[..end];
            var at = authority.LastIndexOf('@');
            if (at > 0 && authority[..at].IndexOf(':') is >= 0 and var colon && at - colon > 3 && authority[colon + 1] is not ('<' or '$' or '{'))
                findings.Add(new Finding("a login in an address", DataClass.Secret, from, at + 3));
        }
    }

    // name = value, "name": "value", name is value.
    private static void Named(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; text[from..].IndexOfAny(Names) is >= 0 and var found;)
        {
            from += found;
            var name = from;
            // To the end of the name: token_value, secretKey.
            while (from < text.Length && (char.IsAsciiLetterOrDigit(text[from]) || text[from] is '_' or '-' || (text[from] == ' ' && from - name < 4))) from++;
            var words = Said(text, ref from);
            if (words == 0) continue;
            var value = text[from..];
            var end = value.IndexOfAny(ValueEnds);
            if (end >= 0) value = value[..end];
            value = value.TrimEnd(".!?:");
            if (value.Length == 0 || value is ['$' or '{', '{' or '(', ..] || value.IndexOf('(') >= 0 || value.Contains("://", StringComparison.Ordinal)) continue;
            var (letter, digit, other) = Kinds(value);
            if (words == 2 ? value.Length >= 6 && letter && (digit || other) : value.Length >= 8 && (letter || other) && (digit || other))
                findings.Add(new Finding("what is called a password or key", DataClass.Secret, name, from + value.Length - name));
        }
    }

    // 1 after : or =, 2 after a word like is, 0 after nothing of it. Moves to the value.
    private static int Said(ReadOnlySpan<char> text, ref int at)
    {
        var words = 0;
        for (var steps = 0; at < text.Length && steps < 24; steps++)
        {
            if (text[at] is ':' or '=') (words, at) = (1, at + 1);
            else if (text[at] is '"' or '\'' or '`' or '\\' or ' ' or '\t' or '>' or '*' or '\n' or '\r' && words + (text[at] is '\n' or '\r' ? 0 : 1) > 0) at++;
            else if (words == 0 && Says(text[at..]) is > 0 and var length) (words, at) = (2, at + length);
            else break;
        }
        return words;
    }

    private static int Says(ReadOnlySpan<char> text) =>
        text.StartsWith("is ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("to ", StringComparison.OrdinalIgnoreCase) ? 3
        : text.StartsWith("was ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("ist ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("est ", StringComparison.OrdinalIgnoreCase) ? 4 : 0;

    private static void Emails(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; text[from..].IndexOf('@') is >= 0 and var found; from++)
        {
            from += found;
            var start = from;
            while (start > 0 && EmailLocal.Contains(text[start - 1])) start--;
            var domain = Run(text[(from + 1)..], Domain).TrimEnd(".-");
            var dot = domain.LastIndexOf('.');
            if (start < from && dot > 0 && domain.Length - dot > 2 && char.IsAsciiLetterOrDigit(domain[0]) && char.IsAsciiLetter(domain[^1]))
                findings.Add(new Finding("an e-mail address", DataClass.Personal, start, from + 1 + domain.Length - start));
        }
    }

    private static void Folders(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; text[from..].IndexOfAny(PrivateFolders) is >= 0 and var found; from++)
        {
            from += found;
            // A part of an address or of another path is none, but after file:// or a drive's letter.
            if (text[from] is '/' or '~' && from > 0 && (char.IsAsciiLetterOrDigit(text[from - 1]) || text[from - 1] is '.' or '~')) continue;
            findings.Add(new Finding("a private file", DataClass.Personal, from, 6));
            return;
        }
    }

    // Capital and small letters and digits in turn, longer than words are: nobody thinks of such a thing. What is much longer is a picture.
    private static void Machine(ReadOnlySpan<char> text, List<Finding> findings)
    {
        const int least = 28, most = 160;
        for (var from = 0; text[from..].IndexOfAny(Key) is >= 0 and var found;)
        {
            from += found;
            var word = Run(text[from..], Key);
            if (word.Length is >= least and <= most && IsRandom(word)) findings.Add(new Finding("a random word", DataClass.Secret, from, word.Length));
            from += word.Length;
        }
    }

    private static bool IsRandom(ReadOnlySpan<char> word)
    {
        var (changes, lower, upper, digits, last) = (0, 0, 0, 0, 0);
        foreach (var c in word)
        {
            var kind = char.IsAsciiLetterLower(c) ? 1 : char.IsAsciiLetterUpper(c) ? 2 : char.IsAsciiDigit(c) ? 3 : 4;
            if (kind != last) changes++;
            if (kind == 1) lower++;
            if (kind == 2) upper++;
            if (kind == 3) digits++;
            last = kind;
        }
        return lower > 2 && upper > 2 && digits > 1 && changes * 12 > word.Length * 5;
    }

    private static (bool Letter, bool Digit, bool Other) Kinds(ReadOnlySpan<char> value)
    {
        var kinds = (Letter: false, Digit: false, Other: false);
        foreach (var c in value)
        {
            if (char.IsLetter(c)) kinds.Letter = true;
            else if (char.IsAsciiDigit(c)) kinds.Digit = true;
            else kinds.Other = true;
        }
        return kinds;
    }

    private static ReadOnlySpan<char> Run(ReadOnlySpan<char> text, SearchValues<char> of) => text.IndexOfAnyExcept(of) is >= 0 and var end ? text[..end] : text;
}
