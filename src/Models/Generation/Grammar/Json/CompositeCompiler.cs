using System.Text;
using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Json;

/// <summary>The grammars of arrays and objects.</summary>
internal sealed class CompositeCompiler(
    Func<IReadOnlyList<SchemaNode>, GrammarExpression> ruleOf, StringAutomata strings, WorkBudget budget, GrammarExpression comma, GrammarExpression colon)
{
    private const int MaxCounted = 1000; // properties that minProperties and maxProperties count

    private static readonly GrammarExpression Nothing = GrammarExpression.Sequence();
    private static readonly GrammarExpression Never = GrammarExpression.Choice();

    /// <summary>An array: the items of the prefix one by one, then as many more as may be.</summary>
    public GrammarExpression Array(SchemaFacts facts)
    {
        var prefix = facts.Arrays.Count == 0 ? 0 : facts.Arrays.Max(shape => shape.Prefix.Count);
        var (minimum, maximum) = (facts.MinItems, facts.MaxItems ?? int.MaxValue);
        if (minimum > maximum)
            return Never;
        // From the end: what may follow when the items before it are written.
        var rest = maximum <= prefix
            ? Nothing
            : Items(ruleOf(facts.Item(prefix)), Math.Max(0, minimum - prefix), maximum == int.MaxValue ? maximum : maximum - prefix, isFirst: prefix == 0);
        for (var i = Math.Min(prefix, maximum) - 1; i >= 0; i--)
        {
            budget.Spend(16);
            var next = Sequence(i == 0 ? Nothing : comma, ruleOf(facts.Item(i)), rest);
            rest = i >= minimum ? GrammarExpression.Choice(next, Nothing) : next;
        }
        return Sequence(Literal("["), rest, Literal("]"));
    }

    /// <summary>
    /// An object: the declared properties in their order, each that is not required left out at will; then, where it is open, any others.
    /// </summary>
    public GrammarExpression Object(SchemaFacts facts)
    {
        var names = facts.DeclaredNames();
        var required = facts.Required.ToHashSet();
        var isOpen = facts.IsOpen;
        var maximum = facts.MaxProperties ?? int.MaxValue;
        var minimum = facts.MinProperties <= required.Count ? 0 : facts.MinProperties; // those that are required come anyway
        if (minimum > maximum || required.Count > maximum)
            return Never;
        if (isOpen && minimum > names.Count + 1)
            throw new GrammarException("'minProperties' asks for more properties than are declared; names made up while generating may repeat, so it could not be guaranteed. Declare the properties.", "minProperties");

        // How many properties are written is told apart up to this number: all counts where there is a maximum that could be passed.
        var isLimited = maximum != int.MaxValue && (isOpen || maximum < names.Count);
        var limit = isLimited ? Math.Min(maximum, names.Count) : minimum;
        if (limit > MaxCounted)
            throw new GrammarException($"'minProperties' and 'maxProperties' above {MaxCounted:N0} are not supported.", isLimited ? "maxProperties" : "minProperties");

        // By that number, from the last property back: what follows when another property must come now, and when it need not (then a
        // comma comes first, or the end). Properties that are not declared may repeat a name, so only the first counts for the minimum.
        var more = Enumerable.Range(0, limit + 1).Select(n => isOpen && n < maximum && n + 1 >= minimum ? Extras(maximum == int.MaxValue ? null : maximum - n) : Never).ToArray();
        var rest = Rest(more, mayEnd: true);
        var mayEnd = true;
        for (var i = names.Count - 1; i >= 0; i--)
        {
            budget.Spend(32L * (limit + 1));
            var isRequired = required.Contains(names[i]);
            var property = Sequence(Literal(JsonEscape.Quote(names[i])), colon, ruleOf(facts.Property(names[i])));
            var (later, after) = (more, rest);
            more = Enumerable.Range(0, limit + 1).Select(n =>
            {
                var written = n < maximum ? Sequence(property, after[Math.Min(n + 1, limit)]) : Never;
                return isRequired ? written : GrammarExpression.Choice(written, later[n]);
            }).ToArray();
            mayEnd &= !isRequired;
            rest = Rest(more, mayEnd);
        }
        var content = mayEnd && minimum == 0 ? GrammarExpression.Choice(more[0], Nothing) : more[0];
        return Sequence(Literal("{"), content, Literal("}"));

        GrammarExpression[] Rest(GrammarExpression[] more, bool mayEnd) =>
            [.. more.Select((next, n) => mayEnd && n >= minimum ? GrammarExpression.Choice(Sequence(comma, next), Nothing) : Sequence(comma, next))];

        GrammarExpression Extras(int? most)
        {
            var extra = Extra(facts, names);
            return Sequence(extra, GrammarExpression.Repeat(Sequence(comma, extra), 0, most - 1));
        }
    }

    // A property that is not declared.
    private GrammarExpression Extra(SchemaFacts facts, List<string> names)
    {
        var additional = facts.Objects.Select(shape => shape.Additional).OfType<SchemaNode>().ToList();
        var key = names.Count == 0 ? JsonStringAutomaton.Instance : strings.Except(names);
        return Sequence(new TerminalExpression(key), colon, ruleOf(additional));
    }

    private GrammarExpression Items(GrammarExpression item, int minimum, int maximum, bool isFirst)
    {
        var another = Sequence(comma, item);
        int? Most(int most) => maximum == int.MaxValue ? null : most;
        if (!isFirst)
            return GrammarExpression.Repeat(another, minimum, Most(maximum));
        var some = Sequence(item, GrammarExpression.Repeat(another, Math.Max(0, minimum - 1), Most(maximum - 1)));
        return minimum == 0 ? GrammarExpression.Choice(some, Nothing) : some;
    }

    private TerminalExpression Literal(string text) => new(Encoding.UTF8.GetBytes(text), budget);

    private static GrammarExpression Sequence(params IReadOnlyList<GrammarExpression> items) => GrammarExpression.Sequence(items);
}
