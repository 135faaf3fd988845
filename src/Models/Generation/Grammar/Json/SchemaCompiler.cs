using System.Text;
using System.Text.Json;
using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Json;

/// <summary>
/// Turns a schema into a grammar of JSON texts. Every set of schemas that must hold of one value becomes one rule, so recursive
/// references become recursive rules; a choice becomes alternatives, each with what stands beside it merged in.
/// </summary>
internal sealed class SchemaCompiler
{
    private const int MaxAlternatives = 10_000;
    private const int MaxChoices = 64; // that must all be made for one value

    private readonly WorkBudget _budget = new();
    private readonly SchemaReader _reader;
    private readonly SchemaValidator _validator;
    private readonly StringAutomata _strings;
    private readonly CompositeCompiler _composites;
    private readonly Dictionary<string, RuleExpression> _rules = [];
    private readonly Queue<(RuleExpression Rule, IReadOnlyList<SchemaNode> Schemas)> _pending = [];
    private readonly Dictionary<(NumberBounds, bool), ByteAutomaton> _numbers = [];
    private readonly string _comma, _colon;
    private int _alternatives;

    private SchemaCompiler(SchemaDocument document, JsonSpacing spacing)
    {
        (_comma, _colon) = spacing == JsonSpacing.None ? (",", ":") : (", ", ": ");
        _reader = new(document, _budget);
        _strings = new(_budget);
        _validator = new(_reader, _strings);
        _composites = new(RuleOf, _strings, _budget, Separator(_comma, spacing), Separator(_colon, spacing));
    }

    /// <summary>The grammar of the texts of valid values.</summary>
    /// <exception cref="GrammarException">A keyword is malformed or not supported, or the schema explodes.</exception>
    public static GrammarExpression Compile(JsonElement schema, JsonSpacing spacing)
    {
        var document = new SchemaDocument(schema);
        var compiler = new SchemaCompiler(document, spacing);
        var root = compiler.RuleOf([document.Root]);
        while (compiler._pending.TryDequeue(out var next))
            next.Rule.Body = compiler.Describe(next.Schemas);
        return root;
    }

    private TerminalExpression Separator(string text, JsonSpacing spacing) => spacing == JsonSpacing.Optional
        ? new(ByteAutomaton.OneOf([Encoding.UTF8.GetBytes(text.TrimEnd()), Encoding.UTF8.GetBytes(text)], _budget))
        : new(Encoding.UTF8.GetBytes(text), _budget);

    private RuleExpression RuleOf(IReadOnlyList<SchemaNode> schemas)
    {
        var pointers = schemas.Select(schema => schema.Pointer).Distinct().Order(StringComparer.Ordinal).ToList();
        var key = string.Join('\n', pointers);
        if (!_rules.TryGetValue(key, out var rule))
        {
            _rules[key] = rule = new(pointers.Count == 0 ? "any value" : string.Join(" and ", pointers));
            _pending.Enqueue((rule, schemas));
        }
        return rule;
    }

    private ChoiceExpression Describe(IReadOnlyList<SchemaNode> schemas)
    {
        List<GrammarExpression> alternatives = [];
        try
        {
            Describe(_reader.Read(schemas), alternatives);
        }
        catch (GrammarException e) when (e.Location is null)
        {
            throw new GrammarException(e.Message, e.Keyword, schemas.Count == 0 ? null : schemas[0].Pointer);
        }
        return new([.. alternatives]);
    }

    private void Describe(SchemaFacts facts, List<GrammarExpression> alternatives)
    {
        if (facts.Choices.Count == 0)
        {
            AddAlternatives(facts, alternatives);
            return;
        }
        var choice = facts.Choices[0];
        var rest = facts.Clone();
        rest.Choices.RemoveAt(0);
        var branches = choice.Branches.Select(branch =>
        {
            var merged = rest.Clone();
            _reader.Add(merged, choice, branch);
            return merged;
        }).ToList();
        _alternatives += branches.Count;
        if (_alternatives > MaxAlternatives || facts.Choices.Count > MaxChoices)
            throw choice.At.Error($"The schema explodes: its 'anyOf' and 'oneOf' combine to more than {MaxAlternatives:N0} alternatives. Use fewer.", choice.IsExclusive ? "oneOf" : "anyOf");
        if (choice.IsExclusive)
            RequireDisjoint(choice, branches);
        foreach (var branch in branches)
            Describe(branch, alternatives);
    }

    private void RequireDisjoint(SchemaChoice choice, List<SchemaFacts> branches)
    {
        var alone = choice.Branches.Select(branch => _reader.Read(choice, branch)).ToList();
        for (var i = 0; i < branches.Count; i++)
        {
            for (var j = 0; j < branches.Count; j++)
            {
                _budget.Spend(200);
                if (i != j && !_validator.AreDisjoint(branches[i], alone[j]))
                    throw choice.At.Error($"'oneOf' is supported only where a value of one branch can be seen not to fit another; branches {i} and {j} may overlap. Use 'anyOf', or give them a property with different 'const'.", "oneOf");
            }
        }
    }

    private void AddAlternatives(SchemaFacts facts, List<GrammarExpression> alternatives)
    {
        if (facts.Values is { } values)
        {
            var spelled = values.Where(value => _validator.IsValid(facts, value)).Select(Spell).ToList();
            if (spelled.Count > 0)
                alternatives.Add(new TerminalExpression(ByteAutomaton.OneOf(spelled, _budget)));
            return;
        }
        if ((facts.Types & JsonTypes.Null) != 0)
            alternatives.Add(new TerminalExpression("null"u8.ToArray(), _budget));
        if ((facts.Types & JsonTypes.Boolean) != 0)
            alternatives.Add(new TerminalExpression(ByteAutomaton.OneOf(["true"u8.ToArray(), "false"u8.ToArray()], _budget)));
        if ((facts.Types & JsonTypes.Number) != 0)
            alternatives.Add(new TerminalExpression(Number(facts.Numbers, (facts.Types & JsonTypes.Fraction) == 0)));
        if ((facts.Types & JsonTypes.String) != 0)
            alternatives.Add(String(facts));
        if ((facts.Types & JsonTypes.Array) != 0)
            alternatives.Add(_composites.Array(facts));
        if ((facts.Types & JsonTypes.Object) != 0)
            alternatives.Add(_composites.Object(facts));
    }

    private ByteAutomaton Number(NumberBounds bounds, bool integer)
    {
        if (!_numbers.TryGetValue((bounds, integer), out var automaton))
            _numbers[(bounds, integer)] = automaton = NumberAutomaton.Of(bounds, integer, _budget);
        return automaton;
    }

    private TerminalExpression String(SchemaFacts facts) => facts.Patterns.Count > 0
        ? new(_strings.Matching(facts.Patterns, facts.MinLength, facts.MaxLength))
        : new(JsonStringAutomaton.Instance) { MinimumUnits = facts.MinLength, MaximumUnits = facts.MaxLength ?? int.MaxValue };

    private byte[] Spell(JsonElement value)
    {
        var text = new StringBuilder();
        JsonText.Write(value, text, _comma, _colon);
        _budget.Spend(text.Length);
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
