using System.Collections.Frozen;
using Models.Embedding;

namespace Runtime.Memory.Index;

/// <summary>The terms a text is found by: its words, in any language, English ones by their stems. Pure.</summary>
internal static class SearchTerms
{
    // Words that say nothing of what is looked for, by their stems.
    private static readonly FrozenSet<string> EmptyTerms = """
        a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its may me might must my no not of
        on or our shall she should so such than that the their them then there these they this those to too was we were what when where which who whom why
        will with would you your about any also tell
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(PorterStemmer.Stem).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>All terms of a text, in order.</summary>
    public static List<string> Of(string text)
    {
        var words = TextWords.Of(text);
        for (var i = 0; i < words.Count; i++) words[i] = PorterStemmer.Stem(words[i]);
        return words;
    }

    /// <summary>The different terms of a question that say something; all of them where none does.</summary>
    public static List<string> OfQuestion(string question)
    {
        var terms = Of(question).Distinct(StringComparer.Ordinal).ToList();
        var telling = terms.Where(term => !IsEmpty(term)).ToList();
        return telling.Count > 0 ? telling : terms;
    }

    /// <summary>Whether a term says nothing of what a text is about.</summary>
    public static bool IsEmpty(string term) => EmptyTerms.Contains(term);
}
