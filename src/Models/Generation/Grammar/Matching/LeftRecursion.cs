namespace Models.Generation.Grammar.Matching;

/// <summary>A rule that can begin with itself before any byte would make the matcher push calls without end.</summary>
internal static class LeftRecursion
{
    private enum Color
    {
        New,
        Open,
        Done,
    }

    /// <summary>Looks for a cycle among what may come first.</summary>
    /// <exception cref="GrammarException">There is one.</exception>
    public static void Refuse(GrammarNode root)
    {
        Dictionary<GrammarNode, Color> colors = [];
        var stack = new Stack<(GrammarNode Node, bool IsEnd)>([(root, false)]);
        while (stack.TryPop(out var top))
        {
            var (node, isEnd) = top;
            if (isEnd)
            {
                colors[node] = Color.Done;
                continue;
            }
            switch (colors.GetValueOrDefault(node))
            {
                case Color.Done:
                    continue;
                case Color.Open:
                    // Every cycle goes through a rule; name the innermost that is open.
                    var rule = stack.Select(entry => entry.IsEnd ? entry.Node : null).Prepend(node).OfType<RuleNode>().First();
                    throw new GrammarException($"The rule '{rule.Name}' can begin with itself (left recursion), which is not supported. Write it as a repetition.", rule.Name);
            }
            colors[node] = Color.Open;
            stack.Push((node, true));
            foreach (var first in Firsts(node))
                stack.Push((first, false));
        }
    }

    private static IEnumerable<GrammarNode> Firsts(GrammarNode node)
    {
        switch (node)
        {
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                {
                    yield return item;
                    if (item.MinimumBytes > 0)
                        yield break;
                }
                break;
            case ChoiceNode choice:
                foreach (var item in choice.Items)
                    yield return item;
                break;
            case RepeatNode repeat:
                yield return repeat.Body;
                break;
            case RuleNode rule:
                yield return rule.Body;
                break;
        }
    }
}
