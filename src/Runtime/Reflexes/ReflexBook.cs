using System.Collections.Concurrent;
using Models;
using Runtime.Agents;
using Runtime.Reflexes.Languages;
using Runtime.Reflexes.Matching;
using Runtime.Reflexes.Slots;
using Runtime.Reflexes.Taught;

namespace Runtime.Reflexes;

/// <summary>
/// What is done without a model: finds the reflex that a message means, whole and in one of its languages, or none. Whoever taught one, and what
/// a box taught itself nothing of, is in the agents' own files. Safe for several threads.
/// </summary>
/// <param name="home">The home folder.</param>
/// <param name="time">The clock.</param>
public sealed class ReflexBook(string home, TimeProvider time)
{
    private const int MostTaught = 200, LongestPhrase = 100, LongestAction = 1000;

    // The third time is a habit; what is longer was seldom meant to be said again.
    private const int Habit = 3, LongestHabit = 60, LongestAnswer = 300, MostOffers = 20;

    private readonly ConcurrentDictionary<string, AgentReflexes> _agents = new(StringComparer.Ordinal);

    /// <summary>What is said for the names of this box, for a kind of slot (<c>pin</c>, <c>sensor</c>) and who speaks; null for a kind that has none.</summary>
    public Func<string, string?, IReadOnlyList<(string Said, string Name)>?> Names { get; init; } = (_, _) => null;

    /// <summary>Hears what the owner changed: the agent, what was done, and the reflex.</summary>
    public event Action<string, string, Reflex>? Changed;

    /// <summary>Hears of what could become a reflex.</summary>
    public event Action<ReflexOffer>? Offered;

    /// <summary>The reflex that a message means and that is there for who said it; null where a model is to answer.</summary>
    internal ReflexHit? Find(ReflexAsk ask) => Find(ask, reflex => !reflex.IsUrgent);

    /// <summary>The same among those that do not wait until the conversation is free.</summary>
    internal ReflexHit? FindUrgent(ReflexAsk ask) => Find(ask, reflex => reflex.IsUrgent);

    /// <summary>All reflexes of an agent: what they are, whether they are turned off, whether they are offers, and what calls them.</summary>
    public IReadOnlyList<ReflexState> List(Agent agent)
    {
        var state = Of(agent).Read();
        return
        [
            .. Order(state).SelectMany(language => language.Reflexes).Select(reflex => new ReflexState(reflex) { IsDisabled = state.Disabled.Contains(reflex.Name) }),
            .. (state.Offers?.Reflexes ?? []).Select(reflex => new ReflexState(reflex) { IsOffer = true }),
        ];
    }

    /// <summary>What could not be read of an agent's files, for a person.</summary>
    public IReadOnlyList<string> Faults(Agent agent) => Of(agent).Read().Faults;

    /// <summary>Where an agent's own files are.</summary>
    public string FolderOf(Agent agent) => Path.Combine(home, "agents", agent.Id, "reflexes");

    /// <summary>The file of a language (<c>en</c>, <c>de</c>, <c>zh</c>) as it comes with the box; null where it speaks none of that name.</summary>
    public static string? TextOf(string language) => BuiltIn.Replaces($"{language}.txt") ? BuiltIn.TextOf(language) : null;

    /// <summary>The reflex that a text of the owner's would call, whatever tools there are; null where a model would answer.</summary>
    public Reflex? Test(Agent agent, string text, Func<string, bool> hasTool) =>
        (Find(new ReflexAsk(agent, text) { HasTool = hasTool }) ?? FindUrgent(new ReflexAsk(agent, text) { HasTool = hasTool }))?.Reflex;

    /// <summary>Teaches one: what is said, and what the agent takes it for instead.</summary>
    /// <exception cref="ModelException">It cannot be taught, or written; the message says why.</exception>
    public Reflex Teach(Agent agent, string phrase, string action)
    {
        if (phrase.Length > LongestPhrase || Utterance.Of(phrase) is null || ReflexText.Sentence(phrase).Length == 0) throw new ModelException($"\"{phrase}\" cannot be taught: a reflex is called by a few words, {LongestPhrase} characters at most.");
        if (action.Trim().Length == 0 || action.Length > LongestAction) throw new ModelException($"What is to be done has 1 to {LongestAction} characters.");
        if (FindUrgent(new ReflexAsk(agent, phrase) { HasTool = _ => true }) is { } urgent) throw new ModelException($"\"{phrase}\" means {urgent.Reflex.Name} already, and that stays so.");
        var key = ReflexText.Sentence(phrase);
        var all = List(agent);
        if (Find(new ReflexAsk(agent, phrase) { HasTool = _ => true }) is { Reflex: { IsBuiltIn: false } same }) throw new ModelException($"\"{phrase}\" is taught already, as {same.Name}. Forget it first.");
        if (all.Count(state => state.Reflex.Source == AgentReflexes.TaughtFile) >= MostTaught) throw new ModelException($"{MostTaught} reflexes are taught already. Forget some first.");
        var name = ReflexText.NameFor(phrase, taken => all.Any(state => state.Reflex.Name == taken));
        Of(agent).Change(AgentReflexes.TaughtFile, text => ReflexText.With(text, $"{name}: {Reflex.SayAction} {ReflexJson.Object("text", action.Trim())}", key));
        return Tell(agent, "taught", name);
    }

    /// <summary>Removes one that was taught, or an offer. False where there is none of that name.</summary>
    /// <exception cref="ModelException">It is one of the box's own, or cannot be written.</exception>
    public bool Remove(Agent agent, string name)
    {
        if (List(agent).FirstOrDefault(state => state.Reflex.Name == name)?.Reflex is not { } reflex) return false;
        if (reflex.Source is not (AgentReflexes.TaughtFile or AgentReflexes.OffersFile)) throw new ModelException($"{name} stands in {reflex.Source}. Turn it off instead (appliance reflexes disable {name}), or edit that file.");
        Of(agent).Change(reflex.Source, text => ReflexText.Without(text, name).Text);
        Changed?.Invoke(agent.Id, "removed", reflex);
        return true;
    }

    /// <summary>Turns one off or on; an offer that is turned on becomes a reflex. False where there is none of that name.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public bool Enable(Agent agent, string name, bool isEnabled)
    {
        if (List(agent).FirstOrDefault(state => state.Reflex.Name == name) is not { } state) return false;
        if (state.IsOffer && !isEnabled) return Remove(agent, name);
        if (state.IsOffer)
        {
            string? entry = null;
            Of(agent).Change(AgentReflexes.OffersFile, text =>
            {
                (var rest, entry) = ReflexText.Without(text, name);
                return rest;
            });
            Of(agent).Change(AgentReflexes.TaughtFile, text => text.TrimEnd() is { Length: > 0 } before ? $"{before}\n\n{entry}\n" : $"{entry}\n");
        }
        Of(agent).SetDisabled(name, !isEnabled);
        Changed?.Invoke(agent.Id, isEnabled ? "enabled" : "disabled", state.Reflex);
        return true;
    }

    /// <summary>Counts what came of the owner's words; what came of them the third time in a row is offered as a reflex, and does nothing until the owner says so.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Note(Agent agent, ReflexHabit habit)
    {
        if (habit.Text.Length > LongestHabit || Utterance.Of(habit.Text) is null || ReflexText.Sentence(habit.Text) is not { Length: > 0 } key) return;
        // A brace would be a slot, and a long answer is an essay.
        if (habit.Tool is null ? habit.Answer.Length is 0 or > LongestAnswer || habit.Answer.Contains('{') : habit.Arguments.IndexOf('{', 1) > 0) return;
        if (Of(agent).Count(key, habit.Tool is null ? habit.Answer : $"{habit.Tool} {habit.Arguments}") != Habit) return;
        var all = List(agent);
        if (all.Count(state => state.IsOffer) >= MostOffers || Find(new ReflexAsk(agent, habit.Text) { HasTool = _ => true }) is not null) return;
        var name = ReflexText.NameFor(habit.Text, taken => all.Any(state => state.Reflex.Name == taken));
        Of(agent).Change(AgentReflexes.OffersFile, text => ReflexText.With(text, habit.Tool is null ? name : $"{name}: {habit.Tool} {habit.Arguments}", key, habit.Tool is null ? habit.Answer : null));
        Offered?.Invoke(new ReflexOffer(agent.Id, List(agent).First(state => state.Reflex.Name == name).Reflex, habit.Text, habit.SessionKey));
    }

    /// <summary>The reflex that a phrase, or a name, was taught as; null where none was.</summary>
    internal Reflex? Taught(Agent agent, string phrase) =>
        Of(agent).Read().Languages.Where(language => language.Source == AgentReflexes.TaughtFile).SelectMany(language => language.Reflexes).FirstOrDefault(reflex => reflex.Name == phrase)
        ?? (Find(new ReflexAsk(agent, phrase) { HasTool = _ => true }, reflex => reflex.Source == AgentReflexes.TaughtFile, isRaw: true)?.Reflex);

    internal AgentReflexes Of(Agent agent) => _agents.GetOrAdd(agent.Id, _ => new AgentReflexes(FolderOf(agent)));

    internal Reflex Tell(Agent agent, string what, string name)
    {
        var reflex = List(agent).First(state => state.Reflex.Name == name).Reflex;
        Changed?.Invoke(agent.Id, what, reflex);
        return reflex;
    }

    private ReflexHit? Find(ReflexAsk ask, Func<Reflex, bool> takes, bool isRaw = false)
    {
        if (Utterance.Of(ask.Text) is not { } said) return null;
        var state = Of(ask.Agent).Read();
        var names = new Dictionary<string, PhraseList?>(StringComparer.Ordinal);
        foreach (var language in Order(state))
        {
            foreach (var (reflex, slots) in language.Match(said, NamesOf, time.GetLocalNow().DateTime, IsThere))
            {
                var hit = new ReflexHit(reflex, language, slots);
                // What was never taught is no reflex's to forget.
                if (reflex.Is(Reflex.Forget) && Taught(ask.Agent, hit.Said("text")) is null) continue;
                if (isRaw || reflex.Action != Reflex.SayAction) return hit;
                // What it stands for is looked at once: nothing goes round in circles.
                return Find(ask with { Text = hit.Instead }, other => !other.IsUrgent && other.Action != Reflex.SayAction && !other.Is(Reflex.Teach) && !other.Is(Reflex.Forget)) is { } inner ? inner with { By = hit.By } : hit;
            }
        }
        return null;

        bool IsThere(Reflex reflex) => takes(reflex) && !state.Disabled.Contains(reflex.Name) && reflex.Action == Reflex.DueAction == ask.IsDue && (reflex.Tool is not { } tool || ask.HasTool(tool))
            && (ask.Person is null || !(reflex.Is(Reflex.Teach) || reflex.Is(Reflex.Forget)));

        PhraseList? NamesOf(string kind)
        {
            if (names.TryGetValue(kind, out var known)) return known;
            if (Names(kind, ask.Person) is not { } all) return names[kind] = null;
            var list = names[kind] = new PhraseList();
            foreach (var (phrase, name) in all) list.Add(phrase, name);
            return list;
        }
    }

    // The owner's own come first; a file of the name of a language stands in its place.
    private static IEnumerable<Language> Order(AgentReflexes.State state) =>
        [.. state.Languages.OrderByDescending(language => language.Source == AgentReflexes.TaughtFile), .. BuiltIn.All.Where(language => state.Languages.All(own => own.Source != language.Source))];
}
