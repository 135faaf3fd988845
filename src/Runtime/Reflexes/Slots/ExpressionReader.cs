using System.Text;
using Runtime.Reflexes.Matching;

namespace Runtime.Reflexes.Slots;

/// <summary>Reads sums in signs and words: <c>12*7</c>, <c>twelve times seven</c>, <c>20% of 80</c>. Pure.</summary>
/// <param name="lists">The language's words: <c>operator</c>.</param>
/// <param name="numbers">Reads numbers.</param>
internal sealed class ExpressionReader(WordLists lists, NumberReader numbers)
{
    private const string Signs = "+-*/^×÷%()";

    /// <summary>The longest sum that stands at a place, and the word behind it; null where there is none.</summary>
    public (string Value, int End)? Read(Utterance said, int at, int end)
    {
        var (tokens, text, begun) = (said.Tokens, new StringBuilder(), at);
        var (terms, signs, onlyDashes, last) = (0, 0, true, "");
        while (at < end)
        {
            if (lists["operator"].Find(tokens, at, end) is { } spoken)
            {
                (signs, onlyDashes, last, at) = (signs + 1, false, spoken.Value, spoken.End);
                text.Append(' ').Append(spoken.Value).Append(' ');
            }
            else if (tokens[at] is { Kind: TokenKind.Sign, Key: var sign } && Signs.Contains(sign[0]))
            {
                if (sign is not ("(" or ")")) (signs, onlyDashes) = (signs + 1, onlyDashes && sign is "-" or "/");
                last = sign;
                text.Append(sign is "×" ? "*" : sign is "÷" ? "/" : sign);
                at++;
            }
            else if (numbers.Read(tokens, at, end) is { } number)
            {
                // Two numbers without a sign between them are no sum.
                if (terms > 0 && last.Length == 0) return null;
                (terms, last, at) = (terms + 1, "", number.End);
                text.Append(NumberReader.Write(number.Value));
            }
            else break;
        }
        if (terms < 2 || signs == 0 || last is not ("" or "%" or ")")) return null;
        // 24/7, 9-11 and 555-1234 are names and numbers of something else.
        if (onlyDashes && !said.Between(begun, at).Contains(' ')) return null;
        return (text.ToString().Replace("  ", " ", StringComparison.Ordinal).Trim(), at);
    }
}
