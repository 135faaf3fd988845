namespace Models.Routing.Classifying;

/// <summary>The check digits by which real numbers differ from others. Pure.</summary>
internal static class Checksums
{
    // ISO 13616's register: how long an IBAN of a country is.
    private const string IbanLengths =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20" +
        "LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";

    /// <summary>Luhn's check (ISO/IEC 7812-1) of payment cards, after their issuers' first digits and lengths.</summary>
    public static bool IsCard(ReadOnlySpan<char> digits)
    {
        if (digits.Length is < 13 or > 19 || !IsIssuer(digits)) return false;
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }
        return sum % 10 == 0;
    }

    /// <summary>ISO 7064 modulo 97 over an IBAN without spaces. How long it is follows from its country: 0 where there is none.</summary>
    public static int IbanLength(ReadOnlySpan<char> country)
    {
        for (var i = 0; i < IbanLengths.Length; i += 4)
            if (IbanLengths[i] == country[0] && IbanLengths[i + 1] == country[1]) return (IbanLengths[i + 2] - '0') * 10 + IbanLengths[i + 3] - '0';
        return 0;
    }

    /// <inheritdoc cref="IbanLength"/>
    public static bool IsIban(ReadOnlySpan<char> iban)
    {
        var rest = 0;
        for (var i = 0; i < iban.Length; i++)
        {
            var c = iban[(i + 4) % iban.Length];
            rest = char.IsAsciiDigit(c) ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
        }
        return rest == 1;
    }

    /// <summary>A social security number of the United States: what was never given out is none.</summary>
    public static bool IsSocialSecurity(ReadOnlySpan<char> digits) => digits.Length == 9
        && digits[..3] is not ("000" or "666") && digits[0] != '9' && digits[3..5] is not "00" && digits[5..] is not "0000";

    /// <summary>A number of the British health service: weights 10 to 2, modulo 11.</summary>
    public static bool IsHealthService(ReadOnlySpan<char> digits)
    {
        if (digits.Length != 10) return false;
        var sum = 0;
        for (var i = 0; i < 9; i++) sum += (10 - i) * (digits[i] - '0');
        return (11 - sum % 11) % 11 == digits[9] - '0';
    }

    private static bool IsIssuer(ReadOnlySpan<char> digits)
    {
        var four = (digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10 + digits[3] - '0';
        return digits.Length switch
        {
            15 => four / 100 is 34 or 37,
            14 => four / 100 is 36 or 38 || four / 10 is >= 300 and <= 305,
            13 => digits[0] == '4',
            _ => digits[0] == '4' || four is >= 5100 and <= 5599 or >= 2221 and <= 2720 or >= 3528 and <= 3589 or 6011 or >= 6200 and <= 6299 or >= 6440 and <= 6599 or >= 5600 and <= 5899,
        };
    }
}
