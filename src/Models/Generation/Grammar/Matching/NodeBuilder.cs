namespace Models.Generation.Grammar.Matching;

/// <summary>Compiles expressions: measures the shortest text of each, leaves out what has none, and refuses left recursion.</summary>
internal sealed class NodeBuilder
{
    private const int MaxExpressions = 500_000;
    private const int Endless = int.MaxValue; // no text at all is complete
    private const int MaxInlined = 8;

    private readonly GrammarExpression _root;
    private readonly List<GrammarExpression> _expressions = []; // children first, but for rules within themselves
    private readonly Dictionary<GrammarExpression, int> _bytes = [];
    private readonly Dictionary<GrammarExpression, GrammarNode> _nodes = [];
    private readonly List<TerminalNode> _terminals = [];
    private int _nextId;

    /// <summary>Begins with the whole grammar.</summary>
    public NodeBuilder(GrammarExpression root) => _root = root;

    /// <summary>Compiles it.</summary>
    public CompiledGrammar Build()
    {
        Collect();
        Measure();
        if (_bytes[_root] == Endless)
            throw new GrammarException("The grammar has no reachable end: no text is complete under it. Look for contradicting bounds, required properties that refer back to themselves, or rules without a last alternative.");
        foreach (var rule in _expressions.OfType<RuleExpression>().Where(IsProductive))
            _nodes[rule] = new RuleNode(_nextId++, _bytes[rule], rule.Name);
        foreach (var expression in _expressions.Where(IsProductive))
        {
            if (expression is not RuleExpression)
                _nodes[expression] = NodeOf(expression);
        }
        foreach (var rule in _expressions.OfType<RuleExpression>().Where(IsProductive))
            ((RuleNode)_nodes[rule]).Body = _nodes[rule.Children[0]];
        LeftRecursion.Refuse(_nodes[_root]);
        return new(_nodes[_root], _terminals);
    }

    private bool IsProductive(GrammarExpression expression) => _bytes[expression] != Endless;

    private void Collect()
    {
        HashSet<GrammarExpression> seen = [_root];
        var stack = new Stack<(GrammarExpression Expression, int Child)>([(_root, 0)]);
        while (stack.TryPop(out var top))
        {
            var (expression, child) = top;
            if (child == expression.Children.Count)
            {
                _expressions.Add(expression);
                continue;
            }
            stack.Push((expression, child + 1));
            if (seen.Add(expression.Children[child]))
                stack.Push((expression.Children[child], 0));
            if (seen.Count > MaxExpressions)
                throw new GrammarException($"The grammar has more than {MaxExpressions:N0} parts. Make it smaller.");
        }
    }

    // The least fixed point: what refers back to itself is endless until another alternative ends it.
    private void Measure()
    {
        foreach (var expression in _expressions)
            _bytes[expression] = Endless;
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var expression in _expressions)
            {
                var bytes = BytesOf(expression);
                changed |= bytes != _bytes[expression];
                _bytes[expression] = bytes;
            }
        }
    }

    private int BytesOf(GrammarExpression expression)
    {
        switch (expression)
        {
            case TerminalExpression terminal:
                return terminal.Automaton.IsEmpty || terminal.MinimumUnits > terminal.MaximumUnits
                    ? Endless
                    : GrammarNode.Sum(terminal.Automaton.Distance(0), terminal.MinimumUnits);
            case SequenceExpression:
                var sum = 0;
                foreach (var item in expression.Children)
                {
                    if (!IsProductive(item))
                        return Endless;
                    sum = GrammarNode.Sum(sum, _bytes[item]);
                }
                return sum;
            case RepeatExpression repeat:
                return repeat.Minimum == 0 ? 0 : IsProductive(repeat.Children[0]) ? GrammarNode.Sum(0, _bytes[repeat.Children[0]], repeat.Minimum) : Endless;
            default:
                var least = Endless;
                foreach (var item in expression.Children)
                    least = Math.Min(least, _bytes[item]);
                return least;
        }
    }

    private GrammarNode NodeOf(GrammarExpression expression)
    {
        var bytes = _bytes[expression];
        switch (expression)
        {
            case TerminalExpression terminal:
                return Terminal(bytes, terminal);
            case SequenceExpression:
                return Sequence(expression, bytes);
            case RepeatExpression repeat:
                if (repeat.Maximum == 0 || !IsProductive(repeat.Children[0]))
                    return new SequenceNode(_nextId++, 0, []);
                var body = _nodes[repeat.Children[0]];
                return new RepeatNode(_nextId++, bytes, body, body.MinimumBytes == 0 ? 0 : repeat.Minimum, repeat.Maximum);
            default:
                var items = expression.Children.Where(IsProductive).Select(item => _nodes[item]).ToArray();
                return items.Length == 1 ? items[0] : new ChoiceNode(_nextId++, bytes, items);
        }
    }

    // Short inner sequences are put in place, and neighbouring literals joined: fewer boundaries within tokens.
    private GrammarNode Sequence(GrammarExpression sequence, int bytes)
    {
        var items = sequence.Children
            .SelectMany(item => item is SequenceExpression && item.Children.Count <= MaxInlined && item.Children.All(child => child is not SequenceExpression) ? item.Children : [item])
            .ToList();
        List<GrammarNode> nodes = [];
        for (var i = 0; i < items.Count; i++)
        {
            List<byte> literal = [];
            var first = i;
            for (; i < items.Count && items[i] is TerminalExpression { Bytes: { } part, Special: null }; i++)
                literal.AddRange(part);
            if (i - first > 1)
                nodes.Add(Terminal(literal.Count, new([.. literal], new())));
            else if (i > first)
                nodes.Add(_nodes[items[first]]);
            if (i < items.Count)
                nodes.Add(_nodes[items[i]]);
        }
        return nodes.Count == 1 ? nodes[0] : new SequenceNode(_nextId++, bytes, [.. nodes]);
    }

    private TerminalNode Terminal(int bytes, TerminalExpression expression)
    {
        var node = new TerminalNode(_nextId++, bytes, _terminals.Count, expression);
        _terminals.Add(node);
        return node;
    }
}
