namespace Models.Routing.Classifying;

/// <summary>Numbers of cards, accounts, identities and telephones, as people write them. Pure.</summary>
internal static class NumberShapes
{
    private const int MostGroups = 8;
    private static readonly string[] PhoneWords = ["phone", "tel", "mobile", "cell", "call", "whatsapp", "sms", "fax", "handy"];

    /// <summary>Finds all of them.</summary>
    public static void Find(ReadOnlySpan<char> text, List<Finding> findings)
    {
        Span<(int Start, int Length)> groups = stackalloc (int, int)[MostGroups];
        for (var from = 0; from < text.Length;)
        {
            var at = text[from..].IndexOfAnyInRange('0', '9');
            if (at < 0) break;
            at += from;
            var (count, end) = Groups(text, at, groups);
            from = end;
            if (at >= 2 && char.IsAsciiLetterUpper(text[at - 1]) && char.IsAsciiLetterUpper(text[at - 2])) Iban(text, at - 2, findings);
            if (at > 0 && (char.IsAsciiLetter(text[at - 1]) || text[at - 1] == '_')) continue;
            Cards(text, groups[..count], findings);
            if (count == 3) Identity(text, groups[..count], findings);
            Phone(text, groups[..count], findings);
        }
    }

    // Digits, with one separator or two between their groups.
    private static (int Count, int End) Groups(ReadOnlySpan<char> text, int at, Span<(int Start, int Length)> groups)
    {
        var count = 0;
        var end = at;
        while (count < groups.Length)
        {
            var length = 0;
            while (at + length < text.Length && char.IsAsciiDigit(text[at + length])) length++;
            if (length == 0) break;
            groups[count++] = (at, length);
            end = at += length;
            if (at < text.Length && text[at] is ' ' or '-' or '.' or '/' or ')') at++;
            if (at < text.Length && at > end && text[at] is ' ' or '(' or '-') at++;
        }
        return (count, end);
    }

    private static void Cards(ReadOnlySpan<char> text, ReadOnlySpan<(int Start, int Length)> groups, List<Finding> findings)
    {
        Span<char> digits = stackalloc char[19];
        for (var first = 0; first < groups.Length; first++)
        {
            var length = 0;
            for (var last = first; last < groups.Length; last++)
            {
                var (start, size) = groups[last];
                if (length + size > digits.Length) break;
                // As cards show it: groups of four, or four, six and the rest; one kind of blank between them, or none.
                if (last > first && (start - groups[last - 1].Start - groups[last - 1].Length != 1 || text[start - 1] is not (' ' or '-') || text[start - 1] != text[groups[first + 1].Start - 1])) break;
                text.Slice(start, size).CopyTo(digits[length..]);
                length += size;
                if (last > first && groups[last - 1].Length is not (4 or 6 or 8 or 10 or 12)) break;
                if (!Checksums.IsCard(digits[..length])) continue;
                findings.Add(new Finding("a payment card", DataClass.Regulated, groups[first].Start, start + size - groups[first].Start));
                return;
            }
        }
    }

    private static void Identity(ReadOnlySpan<char> text, ReadOnlySpan<(int Start, int Length)> groups, List<Finding> findings)
    {
        Span<char> digits = stackalloc char[10];
        if (groups[0].Length + groups[1].Length + groups[2].Length > digits.Length) return;
        var length = 0;
        foreach (var (start, size) in groups)
        {
            text.Slice(start, size).CopyTo(digits[length..]);
            length += size;
        }
        var (at, all) = (groups[0].Start, groups[2].Start + groups[2].Length - groups[0].Start);
        if ((groups[0].Length, groups[1].Length, groups[2].Length) == (3, 2, 4) && Checksums.IsSocialSecurity(digits[..length]))
            findings.Add(new Finding("a social security number", DataClass.Regulated, at, all));
        if ((groups[0].Length, groups[1].Length, groups[2].Length) == (3, 3, 4) && Checksums.IsHealthService(digits[..length])
            && Before(text, at).Contains("NHS", StringComparison.OrdinalIgnoreCase))
            findings.Add(new Finding("a health service number", DataClass.Regulated, at, all));
    }

    private static void Phone(ReadOnlySpan<char> text, ReadOnlySpan<(int Start, int Length)> groups, List<Finding> findings)
    {
        var (at, digits, used) = (groups[0].Start, 0, 0);
        while (used < groups.Length && digits + groups[used].Length <= 15) digits += groups[used++].Length;
        if (used == 0) return;
        var all = groups[used - 1].Start + groups[used - 1].Length - at;
        if (at > 0 && text[at - 1] == '+' ? digits >= 8 : IsNational(text, groups[..used], digits) || (digits >= 7 && all == digits + used - 1 && IsAnnounced(Before(text, at))))
            findings.Add(new Finding("a telephone number", DataClass.Personal, at, all));
    }

    private static bool IsNational(ReadOnlySpan<char> text, ReadOnlySpan<(int Start, int Length)> groups, int digits)
    {
        // North America: 415-555-2671, (415) 555-2671, 1-415-555-2671; neither part begins with 0 or 1.
        var first = groups.Length == 4 && groups[0].Length == 1 && text[groups[0].Start] == '1' ? 1 : 0;
        if (groups.Length - first == 3 && (groups[first].Length, groups[first + 1].Length, groups[first + 2].Length) == (3, 3, 4))
            return text[groups[first].Start] >= '2' && text[groups[first + 1].Start] >= '2';
        // Elsewhere: 0171 2345678, 030/1234567, 07911 123456, 07911123456.
        return text[groups[0].Start] == '0' && groups[0].Length >= 3 && digits is >= 9 and <= 13
            && (groups.Length == 1 || text[groups[0].Start + groups[0].Length] != '.');
    }

    private static bool IsAnnounced(ReadOnlySpan<char> before)
    {
        foreach (var word in PhoneWords)
            if (before.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static ReadOnlySpan<char> Before(ReadOnlySpan<char> text, int at) => text[Math.Max(0, at - 24)..at];

    private static void Iban(ReadOnlySpan<char> text, int at, List<Finding> findings)
    {
        if (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1])) return;
        var length = Checksums.IbanLength(text[at..]);
        if (length == 0) return;
        Span<char> iban = stackalloc char[34];
        var (count, i) = (0, at);
        for (; i < text.Length && count < length; i++)
        {
            if (char.IsAsciiDigit(text[i]) || char.IsAsciiLetterUpper(text[i])) iban[count++] = text[i];
            // In groups of four, as on paper.
            else if (text[i] is not (' ' or '-') || count % 4 != 0) return;
        }
        if (count == length && Checksums.IsIban(iban[..length])) findings.Add(new Finding("a bank account", DataClass.Regulated, at, i - at));
    }
}
