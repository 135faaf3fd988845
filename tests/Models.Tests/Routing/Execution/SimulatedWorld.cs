using System.Globalization;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Routing;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Models.Routing.Simulation;
using Models.Routing.Spending;
using TestKit;

namespace Models.Tests.Routing.Execution;

/// <summary>A box, its clouds, the network and the clock for one afternoon, all from one seed.</summary>
internal sealed class SimulatedWorld
{
    public const string Mark = "PRIVATE";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(60);

    private readonly SeededRandom _random;
    private readonly VirtualWorld _thread = new();
    private readonly List<SimulatedTarget> _targets = [];
    private readonly ModelRouter _router;
    private readonly bool _isBusy;
    private readonly int _mostAnswer;
    private readonly long? _limit;
    private int _turn;

    public SimulatedWorld(ulong seed)
    {
        _random = new SeededRandom(seed);
        // One turn after the other, dear ones, and money for one or two: here every cent that is forgotten shows.
        _isBusy = One(8);
        _mostAnswer = _isBusy ? 48 : 400;
        _router = new ModelRouter(new BudgetLedger(new BudgetRules(), Time), Time, () => _random.Next(1000) / 1000.0)
        {
            Policy = new RoutingPolicy { Profile = (RoutingProfile)_random.Next(6) },
            Recorded = Records.Add,
        };
        HasLocal = !One(5);
        LocalIsFine = !One(4);
        if (HasLocal) Add(new Target("box") { IsLocal = true, Window = 8192, Quality = 0.3 });
        for (var i = 0; i < 1 + _random.Next(3); i++)
        {
            Add(new Target($"cloud{i}")
            {
                Window = 128_000,
                KeepsData = One(3),
                MaySee = One(5) ? DataClass.Personal : DataClass.Public,
                Quality = 0.9,
                Price = _isBusy ? new Price(_random.Next(50_000), 5_000_000 + _random.Next(5_000_000)) : One(8) ? null : One(6) ? Price.Free : new Price(_random.Next(5_000_000), _random.Next(20_000_000)),
            });
        }
        Publish();
        var worst = _targets[^1].Target.Price?.Of(1200, _mostAnswer) ?? 0;
        _limit = _isBusy ? worst + _random.Next((int)worst) : One(3) ? null : 200L << _random.Next(10);
        _router.Ledger.Rules = new BudgetRules { Everyone = new SpendingLimits(Hour: _limit) };
        // Days before: now and then one may be asked beside another.
        for (var i = 0; i < 200; i++) _router.State.CountCall();
    }

    public VirtualTime Time => _thread.Time;

    public bool HasLocal { get; }

    public bool LocalIsFine { get; }

    public List<RouteRecord> Records { get; } = [];

    public int Answered { get; private set; }

    public int Refused { get; private set; }

    public int Continued { get; private set; }

    public int Hedged => Records.Sum(r => r.Attempts.Count(a => a.IsHedge));

    /// <summary>Lets the afternoon pass. Fails where a promise was broken.</summary>
    public void Run()
    {
        _thread.Run(async () =>
        {
            for (_turn = 0; _turn < (_isBusy ? 30 : 1 + _random.Next(4)); _turn++)
            {
                await TurnAsync(_turn);
                await Task.Delay(TimeSpan.FromSeconds(_random.Next(_isBusy ? 60 : 1200)), Time);
                if (One(3)) Time.Jump(TimeSpan.FromDays(_random.Next(800) - 400));
                if (One(4) && !_isBusy) ChangePrices();
            }
        }, Longest * 40);

        Require(_targets.Sum(t => t.Leaks) == 0, "a cloud saw what is private");
        Require(_router.Ledger.Spent().Held == 0, "money is promised to nobody");
        if (_limit is not { } limit) return;
        var charges = _targets.SelectMany(t => t.Charges).OrderBy(c => c.At).ToList();
        for (var (from, to, sum) = (0, 0, 0L); to < charges.Count; to++)
        {
            sum += charges[to].Micros;
            while (charges[from].At <= charges[to].At - TimeSpan.FromHours(1)) sum -= charges[from++].Micros;
            // What is charged by the token is rounded up each time here: a millionth of a dollar for each.
            Require(sum - (to - from + 1) <= limit, $"{sum} were spent in an hour, and {limit} are the limit");
        }
    }

    /// <summary>True for a message that a target must not see: secrets never, what memory holds where it may not see what is personal.</summary>
    public static bool IsPrivate(ChatMessage message, Target target) => message.Contents.Any(c => (c as TextContent)?.Text.Contains(Mark, StringComparison.Ordinal) == true
        || (!target.MaySee.HasFlag(DataClass.Personal) && (c as FunctionResultContent)?.Result?.ToString()?.Contains(Mark, StringComparison.Ordinal) == true));

    /// <summary>What a model says to a conversation: the rest of it where a part was said, sometimes with a repetition.</summary>
    public (string Text, FunctionCallContent? Call) AnswerTo(IReadOnlyList<ChatMessage> messages, SeededRandom random)
    {
        var isLoop = messages.Any(m => m.Role == ChatRole.Tool);
        var whole = TextOf(_turn, isLoop);
        var call = _turn % 2 == 1 && !isLoop ? new FunctionCallContent($"call{_turn}", _turn % 4 == 1 ? "memory_search" : "pay", new Dictionary<string, object?>()) : null;
        if (messages is not [.., { Role: var before } said, { Role: var last } request] || before != ChatRole.Assistant || last != ChatRole.User || !request.Text.StartsWith('[')) return (whole, call);
        Require(whole.StartsWith(said.Text, StringComparison.Ordinal), "what was said is not what is told");
        var from = random.Next(4) switch { 0 => Math.Max(0, said.Text.Length - 12), 1 => 0, _ => said.Text.Length };
        return (whole[from..], call);
    }

    private async Task TurnAsync(int number)
    {
        using var stop = new CancellationTokenSource();
        var isPrivate = One(3);
        List<ChatMessage> messages = [new(ChatRole.User, isPrivate ? $"{Mark}: my password is hunter22x, and 4111 1111 1111 1111" : $"Question {number}: how far is the moon?")];
        var effects = 0;
        var stopsAt = One(10) ? TimeSpan.FromMilliseconds(_random.Next(60_000)) : (TimeSpan?)null;
        using var timer = stopsAt is { } when ? Time.CreateTimer(_ => stop.Cancel(), null, when, Timeout.InfiniteTimeSpan) : null;
        var began = Time.Elapsed;
        try
        {
            for (var step = 0; step < 2; step++)
            {
                var options = new ChatOptions { MaxOutputTokens = _mostAnswer, AdditionalProperties = new() { [ChatOptionKeys.Source] = new TurnSource { Agent = "main", Conversation = $"c{number % 2}" } } };
                var text = "";
                List<FunctionCallContent> calls = [];
                await foreach (var update in _router.CreateClient().GetStreamingResponseAsync(messages, options, stop.Token))
                {
                    text += update.Text;
                    calls.AddRange(update.Contents.OfType<FunctionCallContent>());
                }
                Require(text == TextOf(number, step == 1), $"said \"{text}\"");
                if (calls.Count == 0) break;
                effects += calls.Count;
                Require(effects == 1, "something was done twice");
                var read = calls[0].Name == "memory_search" ? $"{Mark} notes" : "paid";
                messages.Add(new ChatMessage(ChatRole.Assistant, [new TextContent(text), .. calls]));
                messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(calls[0].CallId, read)]));
            }
            Answered++;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ModelException e)
        {
            Refused++;
            Require(e.Message.Length > 0, "nobody says why");
            Require(!HasLocal || !LocalIsFine || e.Message.StartsWith("The answer broke off", StringComparison.Ordinal), $"the box was there, and nobody answered: {e.Message}");
        }
        Require(Time.Elapsed - began < Longest, "it took too long");
        Continued = Records.Count(r => r.Attempts.Any(a => a.Continues));
    }

    // Long enough to be broken off, and without any repetition of its own.
    private static string TextOf(int turn, bool isLoop) =>
        string.Join(' ', Enumerable.Range(0, 12).Select(i => string.Create(CultureInfo.InvariantCulture, $"{(isLoop ? "after" : "word")}{turn}x{i * 7919 % 1000:000}")));

    private void Add(Target target)
    {
        var simulated = new SimulatedTarget(this, target, _random);
        var at = TimeSpan.Zero;
        while (at < TimeSpan.FromHours(2) && (!target.IsLocal || !LocalIsFine))
        {
            var to = at + TimeSpan.FromSeconds(5 + _random.Next(900));
            simulated.Days.Add((at, to, target.IsLocal ? One(2) ? Weather.Away : Weather.Fine : (Weather)_random.Next(8)));
            at = to;
        }
        _targets.Add(simulated);
    }

    private void ChangePrices()
    {
        foreach (var target in _targets.Where(t => !t.Target.IsLocal && t.Target.Price is { IsFree: false }))
            target.Target = target.Target with { Price = new Price(_random.Next(9_000_000), _random.Next(30_000_000)) };
        Publish();
    }

    private void Publish() => _router.Targets = [.. _targets.Select(t => new RoutedTarget(t.Target, _ => Task.FromResult<IChatClient>(t)))];

    private bool One(int of) => _random.Next(of) == 0;

    private static void Require(bool holds, string why)
    {
        if (!holds) throw new InvalidOperationException(why);
    }
}
