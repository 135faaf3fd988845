using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Dialogues;

/// <summary>Makes dialogues out of a grammar. The same seed gives the same ones.</summary>
internal sealed class DialogueMaker
{
    // Of a person: the chat template passes on no more.
    private const int MostMessages = 4;

    // What may come between something and what goes on with it: talk, and a look at the clock.
    private static readonly string[] Between = ["chat.thanks", "chat.thankful", "chat.ok", "chat.agree", "chat.react", "chat.after", "chat.aside", "chat.praise", "chat.joke", "time.clock", "time.day", "time.date"];

    private readonly Grammar _grammar;
    private readonly (Intent Intent, double UpTo)[] _alone;
    private readonly ILookup<string, Intent> _after;
    private readonly Intent[] _between;

    /// <summary>Makes them from a grammar.</summary>
    public DialogueMaker(Grammar grammar)
    {
        _grammar = grammar;
        var sum = 0.0;
        _alone = [.. grammar.Intents.Where(intent => intent.After.Count == 0).Select(intent => (intent, sum += intent.Weight))];
        _after = grammar.Intents.SelectMany(intent => intent.After.Select(before => (before, intent))).ToLookup(pair => pair.before, pair => pair.intent);
        _between = [.. grammar.Intents.Where(intent => Between.Contains(intent.Name))];
    }

    /// <summary>A dialogue to learn from.</summary>
    public Dialogue Next(Random random)
    {
        var exchanges = random.Next(100) switch { < 56 => 1, < 76 => 2, < 88 => 3, _ => 4 };
        // One in six lacks a tool that is asked for; one in twenty-five has none at all.
        var first = Pick(random);
        var isBare = random.Next(25) == 0;
        var missing = !isBare && random.Next(6) == 0 ? first.Tool ?? Pick(random).Tool : null;
        var intents = new List<Intent> { first };
        // Where talk comes between, and how much of it.
        var (between, talk) = (-1, 0);
        while (intents.Count < exchanges)
        {
            var goesOn = _after[intents[^1].Name].ToArray() is { Length: > 0 } next && random.Next(5) < 3 ? ByWeight(next, random) : null;
            if (goesOn is not null && between < 0 && intents.Count < MostMessages - 1 && _between.Length > 0 && random.Next(4) == 0)
            {
                (between, talk) = (intents.Count, intents.Count < MostMessages - 2 && random.Next(3) == 0 ? 2 : 1);
                for (var i = 0; i < talk; i++) intents.Add(ByWeight(_between, random));
            }
            intents.Add(goesOn ?? Pick(random));
        }
        var tools = isBare ? [] : ToolSets.Some(intents.Where(intent => intent.Tool is not null).Select(intent => intent.Tool!), missing, random);
        var (turns, scope, isDone, begins) = (new List<Turn>(), (Scope?)null, true, new List<int>());
        foreach (var (at, intent) in intents.Index())
        {
            // What comes between leaves the values and what came to something as they are.
            if (at >= between && at < between + talk)
            {
                Exchange(intent, new Scope(_grammar, random, isHeldOut: false), tools, turns);
                continue;
            }
            // Nobody goes on with what came to nothing: the result that it refers to was never said.
            if (intent.After.Count > 0 && !isDone) break;
            if (intent.After.Count == 0 || scope is null) scope = new Scope(_grammar, random, isHeldOut: false);
            if (intent.After.Count == 0) begins.Add(turns.Count);
            isDone = Exchange(intent, scope, tools, turns);
        }
        // What the template leaves out is not there, and nothing goes on with it.
        var from = begins.Find(at => turns.Skip(at).Count(turn => turn.Role == "user") <= MostMessages);
        if (turns.Skip(from).Count(turn => turn.Role == "user") > MostMessages) return Next(random);
        turns.RemoveRange(0, from);
        // Once in a while it is a job of the schedule that asks, in the words that it was made with.
        if (turns is [{ Role: "user", Content: { } asked }, { Call.Tool: not "cron" }, ..] && random.Next(40) == 0)
            turns[0] = new("user", $"[cron:{Slots.Made.Id(random)} {asked[..Math.Min(60, asked.Length)]}] {asked}");
        // What comes after a call is learnt from fewer dialogues: it is easier, and longer.
        var end = turns.FindLastIndex(turn => turn.Call is not null);
        if (end >= 0 && turns.FindLastIndex(turn => turn.Role == "user") < end && random.Next(100) < 68) turns.RemoveRange(end + 1, turns.Count - end - 1);
        return new(tools, turns);
    }

    /// <summary>A case of an examination, of an intent that is given; null where what is held out gives none.</summary>
    public Case? Examine(Intent intent, Random random)
    {
        for (var tries = 0; tries < 40; tries++)
        {
            var name = intent.After.Count > 0 ? intent.After[random.Next(intent.After.Count)] : null;
            var first = name is null ? null : _grammar.Intents.First(i => i.Name == name);
            var tools = ToolSets.Some(new[] { first?.Tool, intent.Tool }.OfType<string>(), null, random);
            var (turns, before) = (new List<Turn>(), (Scope?)null);
            if (first is not null)
            {
                before = new Scope(_grammar, random, isHeldOut: false);
                if (!Exchange(first, before, tools, turns)) continue;
            }
            else if (random.Next(5) == 0) Exchange(Pick(random), new Scope(_grammar, random, isHeldOut: false), tools, turns);
            // A follow-up needs what went before; its own words are held out none the less.
            var scope = before is null ? new Scope(_grammar, random, isHeldOut: true) : before.Examining();
            if (intent.Incomplete.Count > 0 && random.Next(3) == 0)
            {
                var said = Manner.Of(scope.OneOf(intent.Incomplete, isMarked: true)!, scope);
                if (scope.HeldOutUsed == 0) continue;
                turns.Add(new("user", said));
                if (intent.Fillings.Count == 0 || random.Next(2) == 0) return new(intent, tools, turns, "ask", null);
                turns.Add(new("assistant", scope.OneOf(intent.Questions)));
                turns.Add(new("user", Manner.Of(scope.OneOf(intent.Fillings, isMarked: true)!, scope)));
            }
            else
            {
                if (scope.OneOf(intent.Said, isMarked: true) is not { } said) return null;
                turns.Add(new("user", Written(intent, said, scope)));
            }
            if (scope.HeldOutUsed > 0) return new(intent, tools, turns, intent.Kind, Call(intent, scope));
        }
        return null;
    }

    /// <summary>An intent, by weight.</summary>
    public Intent Pick(Random random)
    {
        var at = random.NextDouble() * _alone[^1].UpTo;
        return _alone.First(pair => pair.UpTo > at).Intent;
    }

    // What may follow, by weight too.
    private static Intent ByWeight(Intent[] intents, Random random)
    {
        var at = random.NextDouble() * intents.Sum(intent => intent.Weight);
        return Array.Find(intents, intent => (at -= intent.Weight) < 0) ?? intents[^1];
    }

    private static string Written(Intent intent, string said, Scope scope) => intent.IsLiteral ? Scope.Plain(said) : Manner.Of(said, scope, intent);

    private static ToolCall? Call(Intent intent, Scope scope) => intent.Tool is null ? null : Call(intent.Tool, intent.Arguments, scope);

    private static ToolCall Call(string tool, List<(string Name, string Raw, Phrase Value)> arguments, Scope scope) => new(tool, [.. arguments.Select(a => (a.Name, Scope.Plain(scope.Expand(a.Value)), a.Raw.StartsWith('#')))]);

    // Whether it came to an answer: false where the tool is not there, or fails.
    private bool Exchange(Intent intent, Scope scope, List<string> tools, List<Turn> turns)
    {
        var isThere = intent.Tool is null || tools.Contains(intent.Tool);
        if (isThere && intent.Incomplete.Count > 0 && (intent.Said.Count == 0 || scope.Random.Next(10) < 3) && scope.OneOf(intent.Incomplete, isMarked: true) is { } begun)
        {
            turns.Add(new("user", Manner.Of(begun, scope)));
            turns.Add(new("assistant", scope.OneOf(intent.Questions)));
            if (intent.Fillings.Count == 0) return true;
            // Not everybody answers: some let it be, and some go on to something else.
            switch (scope.Random.Next(14))
            {
                case 0: return false;
                case 1:
                    turns.Add(new("user", Manner.Of(scope.Of("dropped"), scope)));
                    turns.Add(new("assistant", scope.Of("left")));
                    return false;
            }
            turns.Add(new("user", Manner.Of(scope.OneOf(intent.Fillings, isMarked: true)!, scope)));
        }
        else turns.Add(new("user", Written(intent, scope.OneOf(intent.Said, isMarked: true) ?? throw new InvalidDataException($"{intent.Name} has nothing that is learnt."), scope)));
        if (!isThere)
        {
            turns.Add(new("assistant", scope.Of("lacking")));
            return false;
        }
        if (Call(intent, scope) is { } call)
        {
            turns.Add(new("assistant", null, call));
            if (scope.Random.Next(16) == 0)
            {
                // What its own tool says, or what any may say.
                var failure = scope.Of(scope.Random.Next(3) > 0 && _grammar.Rules.ContainsKey($"failure.{intent.Tool}") ? $"failure.{intent.Tool}" : "failure");
                turns.Add(new("tool", failure));
                turns.Add(new("assistant", scope.Of("failed").Replace("%", failure)));
                return false;
            }
            turns.Add(new("tool", scope.ResultOf(intent.Results) ?? "Done."));
            if (intent.SecondTool is { } second)
            {
                turns.Add(new("assistant", null, Call(second, intent.SecondArguments, scope)));
                turns.Add(new("tool", scope.ResultOf(intent.SecondResults) ?? "Done."));
            }
        }
        turns.Add(new("assistant", scope.OneOf(intent.Answers) ?? throw new InvalidDataException($"{intent.Name} has no answer.")));
        return true;
    }
}
