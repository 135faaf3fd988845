using System.Buffers;
using System.Text;

namespace Runtime.Reflexes.Matching;

/// <summary>
/// What a person said in a few words, as it is compared: small letters, umlauts as two letters, wide characters as narrow ones, without the
/// punctuation that says nothing. Chinese characters are words of their own. Immutable.
/// </summary>
internal sealed class Utterance
{
    /// <summary>Characters and pieces of the longest text that is looked at: a wish is short, and what is long was most likely pasted.</summary>
    public const int Longest = 300, MostTokens = 80;

    private static readonly SearchValues<char> Signs = SearchValues.Create("+-*/^×÷%=°€$£√()&@#");
    private static readonly SearchValues<char> Ends = SearchValues.Create(".!?;\n…。！？；");

    private readonly string _text;

    private Utterance(string text) => (_text, Tokens) = (text, new Reading(text).All());

    /// <summary>Its pieces, in order.</summary>
    public IReadOnlyList<Token> Tokens { get; }

    /// <summary>The pieces of a text; null for one that is empty or too long to be a wish.</summary>
    public static Utterance? Of(string text) => text.Length <= Longest && new Utterance(text) is { Tokens.Count: > 0 and <= MostTokens } utterance ? utterance : null;

    /// <summary>A text as it is compared: two texts with the same key say the same.</summary>
    public static string KeyOf(string text) => string.Join(' ', new Reading(text).All().Select(token => token.Key));

    /// <summary>The text from one piece up to another, as it was written.</summary>
    public string Between(int from, int to) => from < to ? _text[Tokens[from].Start..Tokens[to - 1].End] : "";

    private static char Fold(char c) => c switch
    {
        '’' or '‘' or '`' => '\'',
        '−' => '-',
        '\u3000' => ' ',
        // The wide twins of ASCII, which Chinese keyboards write.
        >= '！' and <= '～' => char.ToLowerInvariant((char)(c - '！' + '!')),
        _ => char.ToLowerInvariant(c),
    };

    private static bool IsWordOfItsOwn(char c) => c is (>= '\u4E00' and <= '\u9FFF') or (>= '\u3400' and <= '\u4DBF');

    private static bool IsLetter(char c) => char.IsLetter(c) && !IsWordOfItsOwn(c);

    private ref struct Reading(string text)
    {
        private readonly List<Token> _tokens = [];
        private int _at;

        public List<Token> All()
        {
            while (_at < text.Length)
            {
                var (c, start) = (Fold(text[_at]), _at);
                if (char.IsAsciiDigit(c)) Number(start);
                else if (IsLetter(c)) Word(start);
                else if (IsWordOfItsOwn(c)) Add(TokenKind.Word, c.ToString(), start, ++_at);
                else if (Ends.Contains(text[_at])) End(start);
                else
                {
                    _at++;
                    if (Signs.Contains(c) && !(c == '-' && IsLetter(At(start - 1)) && IsLetter(At(start + 1)))) Add(TokenKind.Sign, c.ToString(), start, _at);
                }
            }
            if (_tokens is [.., { Kind: TokenKind.Break }]) _tokens.RemoveAt(_tokens.Count - 1);
            return _tokens;
        }

        private void Number(int start)
        {
            while (char.IsAsciiDigit(At(_at)) || (At(_at) is '.' or ',' or ':' && char.IsAsciiDigit(At(_at + 1)))) _at++;
            Add(TokenKind.Number, string.Create(_at - start, text[start.._at], static (to, from) => { for (var i = 0; i < to.Length; i++) to[i] = Fold(from[i]); }), start, _at);
        }

        // "p.m." and "z.B." are one word each, and their last dot ends no sentence.
        private void Word(int start)
        {
            var key = new StringBuilder();
            var isShort = false;
            while (true)
            {
                var c = At(_at);
                if (IsLetter(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark) Append(key, c);
                else if (c == '\'' && IsLetter(At(_at + 1))) key.Append(c);
                else if (c == '.' && (isShort || (_at == start + 1 && IsLetter(At(_at + 1))))) isShort = true;
                else break;
                _at++;
                if (isShort && c != '.' && At(_at) != '.') break;
            }
            Add(TokenKind.Word, key.ToString(), start, text[_at - 1] == '.' ? _at - 1 : _at);
        }

        private void End(int start)
        {
            while (_at < text.Length && (Ends.Contains(text[_at]) || char.IsWhiteSpace(text[_at]))) _at++;
            // A dot inside something, such as a file's name, ends nothing.
            if (text[start] == '.' && _at == start + 1 && _at < text.Length) return;
            if (_tokens.Count > 0) Add(TokenKind.Break, ".", start, start + 1);
        }

        private readonly void Add(TokenKind kind, string key, int start, int end) => _tokens.Add(new Token(kind, key, start, end));

        private readonly char At(int at) => at >= 0 && at < text.Length ? Fold(text[at]) : '\0';

        private static void Append(StringBuilder key, char c)
        {
            switch (c)
            {
                case 'ä': key.Append("ae"); break;
                case 'ö': key.Append("oe"); break;
                case 'ü': key.Append("ue"); break;
                case 'ß': key.Append("ss"); break;
                default: key.Append(c); break;
            }
        }
    }
}
