using System.Text;
using System.Text.RegularExpressions;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Dialogues;

/// <summary>How people write: with or without capitals and stops, with courtesies and fillers, with mistakes. What stands between <see cref="Scope"/>'s marks stays.</summary>
internal static partial class Manner
{
    /// <summary>A template's sentence as somebody may write it.</summary>
    /// <param name="sentence">The sentence, with its marks.</param>
    /// <param name="scope">What it is made with.</param>
    /// <param name="wish">What is wanted by it, where a reason may stand beside it.</param>
    public static string Of(string sentence, Scope scope, Intent? wish = null)
    {
        var random = scope.Random;
        var text = new StringBuilder();
        var isQuestion = IsQuestion(sentence) && !sentence.Contains("? ");
        var (before, beside) = Reason(sentence, scope, wish);
        if (random.Next(100) < 12) text.Append(scope.Of("opening")).Append(' ');
        if (before.Length > 0) text.Append(before).Append(' ');
        // After a person's own words it could be meant as one of them; so could a courtesy with a mistake in it, which is why those have none.
        var endsWithValue = sentence.Length > 0 && sentence[^1] == Scope.Closes;
        text.Append(random.Next(100) < 9 ? WithMistake(sentence, random) : sentence);
        if (random.Next(100) < (endsWithValue ? 8 : 9)) text.Append(After(scope.Of("closing")));
        else if (!endsWithValue && beside.Length == 0 && random.Next(100) < 5) text.Append(After(scope.Of("late")));
        if (beside.Length > 0)
        {
            text.Append(isQuestion && beside[0] == '.' ? $"?{beside[1..]}" : After(beside));
            isQuestion = false;
        }
        var said = text.ToString();
        if (random.Next(100) < 30) said = Apart(said, words => Contracted(words, random));
        if (random.Next(100) < 5) said = Quoted(said, random);
        // Who begins with a value writes it large all the same, and means it small; but a code, a file or a model is what it looks like, and "I" is always large.
        if (said.Length > 1 && said[0] == Scope.Opens && said[1..said.IndexOf(Scope.Closes)] is var value && value.All(c => char.IsAsciiLetter(c) || c is ' ' or '\'') && !value.StartsWith("i ", StringComparison.Ordinal) && !value.StartsWith("i'", StringComparison.Ordinal) && random.Next(5) < 4) said = $"{Scope.Opens}{char.ToUpperInvariant(said[1])}{said[2..]}";
        said = random.Next(100) switch
        {
            < 45 => Capital(said),
            < 96 => said,
            _ => Apart(said, words => words.ToUpperInvariant()),
        };
        var end = random.Next(100);
        if (said.Length > 0 && said[^1] is not ('?' or '.' or '!' or Scope.Closes) || end < 50) said += isQuestion ? (end < 60 ? "?" : "") : end < 30 ? "." : end < 33 ? "!" : "";
        return Scope.Plain(said);
    }

    // Why somebody wants it, before or beside what they want: never where a person's own words could take it in, but for the names of what is wired.
    private static (string Before, string Beside) Reason(string sentence, Scope scope, Intent? wish)
    {
        if (wish?.Tool is null || sentence.Length == 0 || scope.Random.Next(7) > 0) return ("", "");
        var isName = wish.Tool is "pin" or "sensor";
        var (mayBegin, mayEnd) = (isName || sentence[0] != Scope.Opens, isName || sentence[^1] is not (Scope.Closes or '"'));
        // What goes on with something says "it", and a reason that names a thing would be about that.
        var rule = wish.After.Count > 0 ? "cause" : "why";
        if (mayEnd && (!mayBegin || scope.Random.Next(2) == 0)) return ("", scope.Of("beside").Replace("%", scope.Of(rule)));
        if (!mayBegin) return ("", "");
        var before = scope.Of("before").Replace("%", scope.Of(rule));
        // "- 5" would be less than nothing.
        return (before.EndsWith(" -", StringComparison.Ordinal) && char.IsAsciiDigit(sentence[0]) ? $"{before[..^2]}," : before, "");
    }

    private static string After(string words) => words[0] is ',' or '.' ? words : $" {words}";

    // "Have the lamp turned off" and "do the sum" ask for no answer.
    private static bool IsQuestion(string sentence) => sentence.Split([' ', Scope.Opens, '\''], 3) is var words && words[0] switch
    {
        "have" or "do" => words.Length > 1 && words[1] is "you" or "i" or "we" or "they" or "any",
        "what" or "whats" or "how" or "who" or "when" or "where" or "why" or "which" or "can" or "could" or "would" or "will" or "is" or "are" or "does" or "did" or "has" or "am" or "may" or "should" => true,
        _ => false,
    };

    private static string Contracted(string said, Random random) => random.Next(2) == 0
        ? said.Replace("what is ", "what's ").Replace("how is ", "how's ").Replace("i am ", "i'm ").Replace("do not ", "don't ").Replace("it is ", "it's ").Replace("i will ", "i'll ")
        : said.Replace("'s ", "s ").Replace("n't ", "nt ").Replace("what is ", "whats ").Replace(" you ", random.Next(4) == 0 ? " u " : " you ");

    // A value that is meant as it stands may stand in quotation marks.
    private static string Quoted(string said, Random random)
    {
        var (mark, at) = (random.Next(3) == 0 ? '\'' : '"', said.IndexOf(Scope.Opens, random.Next(said.Length)));
        if (at < 0 || said.Contains(mark) || !char.IsLetter(said[at + 1])) return said;
        return said.Insert(said.IndexOf(Scope.Closes, at) + 1, $"{mark}").Insert(at, $"{mark}");
    }

    // A letter left out, doubled, or in its neighbour's place.
    private static string WithMistake(string said, Random random)
    {
        for (var tries = 0; tries < 8; tries++)
        {
            var at = random.Next(1, Math.Max(2, said.Length - 1));
            if (at + 1 >= said.Length || !char.IsAsciiLetter(said[at]) || !char.IsAsciiLetter(said[at + 1]) || !char.IsAsciiLetter(said[at - 1]) || IsInside(said, at)) continue;
            return random.Next(3) switch
            {
                0 => said.Remove(at, 1),
                1 => said.Insert(at, said[at].ToString()),
                _ => $"{said[..at]}{said[at + 1]}{said[at]}{said[(at + 2)..]}",
            };
        }
        return said;
    }

    private static bool IsInside(string said, int at) => said.AsSpan(0, at).LastIndexOf(Scope.Opens) > said.AsSpan(0, at).LastIndexOf(Scope.Closes);

    private static string Capital(string said) => Apart(said.Length > 0 && char.IsAsciiLetterLower(said[0]) ? char.ToUpperInvariant(said[0]) + said[1..] : said, words => Sentences().Replace(Me(words), match => match.Value.ToUpperInvariant()));

    // What begins after a stop, but for that of "a.m.".
    [GeneratedRegex(@"(?<!\.[a-z])[.!?] [a-z]")]
    private static partial Regex Sentences();

    private static string Me(string said) => said.Replace(" i ", " I ").Replace(" i'm ", " I'm ").Replace(" i'll ", " I'll ").Replace(" i've ", " I've ");

    // Only what stands outside the marks.
    private static string Apart(string said, Func<string, string> change)
    {
        var text = new StringBuilder();
        for (var at = 0; at < said.Length;)
        {
            var isInside = said[at] == Scope.Opens;
            var end = said.IndexOf(isInside ? Scope.Closes : Scope.Opens, at);
            end = end < 0 ? said.Length : isInside ? end + 1 : end;
            text.Append(isInside ? said[at..end] : change(said[at..end]));
            at = end;
        }
        return text.ToString();
    }
}
