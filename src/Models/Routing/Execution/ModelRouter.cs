using Microsoft.Extensions.AI;
using Models.Routing.Classifying;
using Models.Routing.Spending;

namespace Models.Routing.Execution;

/// <summary>The router of a box: who there is, what the owner wants, what may be spent. Its clients answer by whoever it decides for. Safe for several threads.</summary>
public sealed class ModelRouter
{
    /// <summary>Of a target that failed at this very question.</summary>
    internal const string Tried = "was tried";

    // What a wire writes around messages and tools counts too, and a picture is charged by rules of its own: 40,000 tokens is above all that are known, and
    // few take more than 2,000.
    private const int MostForm = 1024, MostPerMessage = 32, MostPerImage = 40_000, PerImage = 2000;

    private volatile RoutingPolicy _policy = new();
    private volatile TurnClassifier _classifier = new(ClassRule.Usual);
    private volatile IReadOnlyList<RoutedTarget> _targets = [];

    /// <summary>A router.</summary>
    /// <param name="ledger">The money.</param>
    /// <param name="time">The clock.</param>
    /// <param name="jitter">A number between 0 and 1, each time another; null for chance.</param>
    public ModelRouter(BudgetLedger ledger, TimeProvider time, Func<double>? jitter = null)
    {
        (Ledger, Time, Jitter) = (ledger, time, jitter ?? Random.Shared.NextDouble);
        State = new RouterState(time, Jitter);
    }

    /// <summary>What the owner wants.</summary>
    public RoutingPolicy Policy { get => _policy; set => _policy = value; }

    /// <summary>What says what is in a turn.</summary>
    public TurnClassifier Classifier { get => _classifier; set => _classifier = value; }

    /// <summary>Who there is; those that go keep what they have begun.</summary>
    public IReadOnlyList<RoutedTarget> Targets { get => _targets; set => _targets = value; }

    /// <summary>True where nothing may leave this machine.</summary>
    public Func<bool> IsOffline { get; init; } = () => false;

    /// <summary>True where a person (the first) may use a target (the second). The owner is not asked about.</summary>
    public Func<string, string, bool> MayUse { get; init; } = (_, _) => true;

    /// <summary>What this machine gives to models of its own just now.</summary>
    public Func<LocalPower> Power { get; init; } = () => LocalPower.Whole;

    /// <summary>Hears what became of each question; it must not take long.</summary>
    public Action<RouteRecord>? Recorded { get; set; }

    /// <summary>The money.</summary>
    public BudgetLedger Ledger { get; }

    /// <summary>Tokens that every target takes: who plans for it can be answered, and gone on with, by any.</summary>
    public int Window
    {
        get
        {
            var least = int.MaxValue;
            foreach (var target in Targets)
            {
                // What does not fit the memory answers nobody.
                var room = target.Room();
                if (room?.Unfit is null) least = Math.Min(least, Math.Min(target.Target.Window, room?.Tokens ?? int.MaxValue));
            }
            return least;
        }
    }

    internal TimeProvider Time { get; }

    internal Func<double> Jitter { get; }

    internal RouterState State { get; }

    /// <summary>A client whose questions are answered by whoever the router decides for.</summary>
    /// <param name="asked">The target to ask, whoever else there is; null leaves it to the rules.</param>
    /// <param name="profile">What matters most to whoever asks; null leaves it to the owner.</param>
    public IChatClient CreateClient(string? asked = null, RoutingProfile? profile = null) => new RoutedChatClient(this, asked, profile);

    /// <summary>Forgets how a target did: another address, key or model is another one, and is not left alone for what the old one said.</summary>
    public void Forget(string target) => State.Forget(target);

    /// <summary>What was found in a conversation so far.</summary>
    public DataClass Held(string conversation) => State.Recall(conversation).Data;

    /// <summary>What would be decided of a question now; asks nobody.</summary>
    public (RoutingDecision Decision, IReadOnlyList<string> Why) Explain(IReadOnlyList<ChatMessage> messages, ChatOptions? options, TurnSource source, string? asked = null, RoutingProfile? profile = null)
    {
        var question = Ask(messages, options, source, asked, profile);
        return (Decide(question, new Dictionary<string, ExclusionReason>()), question.Found.Why);
    }

    /// <summary>Looks at a question.</summary>
    internal Question Ask(IReadOnlyList<ChatMessage> messages, ChatOptions? options, TurnSource source, string? asked, RoutingProfile? profile)
    {
        var (current, tokens, data) = State.Recall(source.Conversation);
        var found = Classifier.Classify(messages, options, source with { Taint = source.Taint | data });
        State.Remember(source.Conversation, null, 0, source.IsWhole ? DataClass.Public : found.Data);
        var turn = new TurnFeatures
        {
            Data = found.Data,
            Agent = source.Agent,
            Person = source.Person,
            Channel = source.Channel,
            Tokens = Limited(found.Tokens + (long)PerImage * Question.ImagesIn(messages)),
            MostAnswer = options?.MaxOutputTokens ?? 4096,
            HasImages = found.HasImages,
            NeedsTools = options?.Tools is { Count: > 0 } && options.ToolMode is not NoneChatToolMode,
            IsCode = found.IsCode,
            Script = found.Script,
            Depth = messages.Count,
            Asked = asked,
            Profile = profile,
            Current = current,
            IsInToolLoop = messages is [.., { Role: var last }] && last == ChatRole.Tool,
            BetterThan = source.TryHarder || source.DeadEnd is not null ? current : null,
        };
        return new Question(messages, options, source, turn, found, current is null ? 0 : tokens);
    }

    /// <summary>Decides, with targets left out that were tried.</summary>
    internal RoutingDecision Decide(Question question, IReadOnlyDictionary<string, ExclusionReason> tried)
    {
        var power = Power();
        var request = new RoutingRequest(question.Turn, [.. Targets.Select(target => Candidate(target, question, tried, power))])
        {
            IsOffline = IsOffline(),
            IsOnBattery = power.IsOnBattery,
            MoneyLeft = Ledger.Left(question.Turn.Agent, question.Turn.Person),
        };
        return Router.Decide(Policy, request);
    }

    private Candidate Candidate(RoutedTarget routed, Question question, IReadOnlyDictionary<string, ExclusionReason> tried, LocalPower power)
    {
        var (target, found, room) = (routed.Target, question.Found, routed.Room());
        var health = State.Health(target);
        var blocked = question.Turn.Person is { } person && !MayUse(person, target.Name) ? (ExclusionReason.Person, $"may not be used by {person}")
            : tried.TryGetValue(target.Name, out var reason) ? (reason, Tried)
            : room?.Unfit is { } unfit ? (ExclusionReason.Memory, unfit)
            : (target.IsLocal || target.SharesMachine) && power.Spared is { } spared ? (ExclusionReason.Spared, $"runs on this machine, which {spared}")
            : health.Blocked() is { } now ? (now.Reason, now.Detail) : ((ExclusionReason, string)?)null;
        var images = found.HasImages ? question.Images : 0;
        // No tokenizer makes more tokens of a text than it has bytes.
        var most = found.Bytes + MostForm + (long)MostPerMessage * question.Messages.Count + (long)images * MostPerImage;
        var window = Math.Min(target.Window, room?.Tokens ?? int.MaxValue);
        if (!question.Counted.TryGetValue(target.Name, out var counted))
            question.Counted[target.Name] = counted = room?.Unfit is null ? routed.Count(question.Messages, question.Options, most > window / 2) : null;
        var tokens = counted ?? question.Turn.Tokens;
        return new Candidate(target, tokens, Limited(Math.Max(tokens, most)))
        {
            Room = room?.Tokens,
            Speed = target.IsLocal ? health.Speed.At(power.Duty) : health.Speed,
            Watts = target.IsLocal || target.SharesMachine ? power.Watts ?? 0 : 0,
            CachedTokens = target.Name == question.Turn.Current ? Math.Min(tokens, question.CachedTokens) : 0,
            Blocked = blocked?.Item1,
            BlockedDetail = blocked?.Item2,
        };
    }

    private static int Limited(long number) => (int)Math.Min(int.MaxValue, number);
}
