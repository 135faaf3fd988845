using Models.Generation.Grammar.Automata;
using Models.Generation.Grammar.Syntax;

namespace Models.Generation.Grammar.Json;

/// <summary>The automata of JSON strings with patterns, lengths and excluded texts, each built once for a grammar.</summary>
internal sealed class StringAutomata(WorkBudget budget)
{
    private readonly Dictionary<string, Pattern> _patterns = [];
    private readonly Dictionary<string, CodePointAutomaton> _searches = [];
    private readonly Dictionary<(string Patterns, int Minimum, int? Maximum), ByteAutomaton> _strings = [];

    /// <summary>Accepts the texts in which a pattern matches somewhere.</summary>
    /// <exception cref="GrammarException">The pattern is malformed, not supported or too large.</exception>
    public CodePointAutomaton Search(string pattern)
    {
        if (!_searches.TryGetValue(pattern, out var search))
            _searches[pattern] = search = CodePointAutomaton.Search([Parse(pattern)], 0, null, [], budget);
        return search;
    }

    /// <summary>JSON strings in which every pattern matches somewhere and whose length in code points is within bounds.</summary>
    /// <exception cref="GrammarException">A pattern is malformed, not supported or too large.</exception>
    public ByteAutomaton Matching(IReadOnlyList<string> patterns, int minimum, int? maximum)
    {
        var key = (string.Join('\0', patterns), minimum, maximum);
        if (!_strings.TryGetValue(key, out var automaton))
            _strings[key] = automaton = Utf8Automaton.OfJsonString(CodePointAutomaton.Search([.. patterns.Select(Parse)], minimum, maximum, [], budget), budget);
        return automaton;
    }

    /// <summary>JSON strings that are none of the excluded texts.</summary>
    public ByteAutomaton Except(IReadOnlyCollection<string> excluded) =>
        Utf8Automaton.OfJsonString(CodePointAutomaton.Search([], 0, null, excluded, budget), budget);

    private Pattern Parse(string pattern)
    {
        if (!_patterns.TryGetValue(pattern, out var parsed))
            _patterns[pattern] = parsed = RegexParser.Parse(pattern);
        return parsed;
    }
}
