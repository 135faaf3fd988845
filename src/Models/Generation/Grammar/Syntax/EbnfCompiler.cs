using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Syntax;

/// <summary>
/// Turns the rules of an EBNF into a grammar. What does not recur is a regular language and becomes one automaton; only what recurs
/// needs a stack.
/// </summary>
internal sealed class EbnfCompiler
{
    private const int MaxDepth = 1000; // of a pattern with its references put in, for patterns are read by recursion

    private readonly WorkBudget _budget = new();
    private readonly IReadOnlyDictionary<string, Pattern> _rules;
    private readonly Dictionary<string, (Pattern Pattern, int Depth)> _regular = []; // the rules that lead to no recursion, references put in
    private readonly Dictionary<string, RuleExpression> _recursive = [];
    private readonly Queue<string> _pending = [];

    private EbnfCompiler(IReadOnlyDictionary<string, Pattern> rules)
    {
        _rules = rules;
        // From the rules without references up; those on a cycle, and those that lead to one, never have their turn.
        var references = rules.ToDictionary(rule => rule.Key, rule => References(rule.Value).ToHashSet());
        var users = references.SelectMany(rule => rule.Value.Select(name => (name, rule.Key))).ToLookup(use => use.name, use => use.Key);
        var ready = new Queue<string>(rules.Keys.Where(name => references[name].Count == 0));
        while (ready.TryDequeue(out var name))
        {
            var depth = Depth(rules[name]);
            if (depth > MaxDepth)
                continue;
            _regular[name] = (Inline(rules[name]), depth);
            foreach (var user in users[name])
            {
                references[user].Remove(name);
                if (references[user].Count == 0)
                    ready.Enqueue(user);
            }
        }
    }

    /// <summary>Compiles a grammar.</summary>
    /// <exception cref="GrammarException">It is malformed or too large.</exception>
    public static GrammarExpression Compile(string grammar)
    {
        var compiler = new EbnfCompiler(EbnfParser.Parse(grammar));
        var root = compiler.Expression(new Pattern.Reference("root"));
        while (compiler._pending.TryDequeue(out var name))
            compiler._recursive[name].Body = compiler.Expression(compiler._rules[name]);
        return root;
    }

    private GrammarExpression Expression(Pattern pattern)
    {
        if (IsRegular(pattern))
            return new TerminalExpression(Utf8Automaton.OfText(CodePointAutomaton.Of(Inline(pattern), _budget), _budget));
        switch (pattern)
        {
            case Pattern.Reference(var name):
                if (!_recursive.TryGetValue(name, out var rule))
                {
                    _recursive[name] = rule = new(name);
                    _pending.Enqueue(name);
                }
                return rule;
            case Pattern.Sequence(var items):
                // Neighbours that are regular are one automaton.
                List<GrammarExpression> parts = [];
                for (var i = 0; i < items.Count;)
                {
                    var run = items.Skip(i).TakeWhile(IsRegular).ToList();
                    parts.Add(Expression(run.Count > 0 ? new Pattern.Sequence(run) : items[i]));
                    i += Math.Max(1, run.Count);
                }
                return GrammarExpression.Sequence(parts);
            case Pattern.Choice(var items):
                var regular = items.Where(IsRegular).ToList();
                List<GrammarExpression> alternatives = [.. items.Where(item => !IsRegular(item)).Select(Expression)];
                if (regular.Count > 0)
                    alternatives.Add(Expression(new Pattern.Choice(regular)));
                return GrammarExpression.Choice(alternatives);
            case Pattern.Repeat(var body, var minimum, var maximum):
                return GrammarExpression.Repeat(Expression(body), minimum, maximum);
            default:
                throw new InvalidOperationException($"{pattern} is regular.");
        }
    }

    private bool IsRegular(Pattern pattern) => References(pattern).All(_regular.ContainsKey);

    private static IEnumerable<string> References(Pattern pattern) => pattern switch
    {
        Pattern.Reference(var name) => [name],
        Pattern.Repeat(var body, _, _) => References(body),
        _ => Parts(pattern).SelectMany(References),
    };

    private int Depth(Pattern pattern) => 1 + pattern switch
    {
        Pattern.Reference(var name) => _regular[name].Depth,
        Pattern.Repeat(var body, _, _) => Depth(body),
        _ => Parts(pattern).Select(Depth).DefaultIfEmpty().Max(),
    };

    private Pattern Inline(Pattern pattern) => pattern switch
    {
        Pattern.Reference(var name) => _regular[name].Pattern,
        Pattern.Sequence(var items) => new Pattern.Sequence([.. items.Select(Inline)]),
        Pattern.Choice(var items) => new Pattern.Choice([.. items.Select(Inline)]),
        Pattern.Repeat(var body, var minimum, var maximum) => new Pattern.Repeat(Inline(body), minimum, maximum),
        _ => pattern,
    };

    private static IReadOnlyList<Pattern> Parts(Pattern pattern) => pattern switch
    {
        Pattern.Sequence(var items) => items,
        Pattern.Choice(var items) => items,
        _ => [],
    };
}
