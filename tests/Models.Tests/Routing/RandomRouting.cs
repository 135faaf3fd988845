using Models.Routing;
using TestKit;

namespace Models.Tests.Routing;

/// <summary>Policies and requests of every kind, sensible and not, the same for a seed everywhere.</summary>
internal sealed class RandomRouting(ulong seed)
{
    private readonly SeededRandom _random = new(seed);

    public RoutingPolicy Policy(int rules = 6) => new()
    {
        Profile = (RoutingProfile)_random.Next(6),
        Regions = One(3) ? ["eu"] : [],
        Rules = [.. Enumerable.Range(0, _random.Next(rules + 1)).Select(Rule)],
    };

    public RoutingRequest Request(int targets = 8) => new(Turn(), [.. Enumerable.Range(0, 1 + _random.Next(targets)).Select(Candidate)])
    {
        IsOffline = One(6),
        MoneyLeft = One(2) ? _random.Next(200_000) : null,
    };

    public RoutingRule Rule(int number) => new($"rule {number}")
    {
        Data = One(3) ? (DataClass)_random.Next(16) : null,
        Agent = One(4) ? $"agent{_random.Next(2)}" : null,
        Channel = One(4) ? $"channel{_random.Next(2)}" : null,
        LeastTokens = One(4) ? _random.Next(4000) : null,
        Images = One(6) ? One(2) : null,
        Tools = One(6) ? One(2) : null,
        Profile = One(2) ? (RoutingProfile)_random.Next(6) : null,
        Only = One(4) ? ["t1", "t2", "t3*"] : null,
        Never = One(4) ? ["t4", "t0"] : null,
    };

    public Candidate Candidate(int number)
    {
        var (local, tokens) = (One(3), _random.Next(6000));
        var target = new Target($"t{number}")
        {
            IsLocal = local,
            MaySee = (DataClass)_random.Next(16),
            Region = One(3) ? null : One(2) ? "eu" : "us",
            KeepsData = One(2),
            Window = One(20) ? _random.Next(3) - 1 : 1024 << _random.Next(6),
            ReadsImages = One(2),
            CallsTools = !One(4),
            Price = One(6) ? null : new Price(_random.Next(15_000_000), _random.Next(75_000_000)),
            Quality = One(30) ? double.NaN : _random.Next(101) / 100.0,
        };
        return new Candidate(target, tokens, tokens + _random.Next(tokens + 1))
        {
            Room = One(4) ? _random.Next(4096) : null,
            Watts = One(5) ? _random.Next(60) : 0,
            Speed = One(30) ? new TargetSpeed(double.NaN, 0, -1) : new TargetSpeed(_random.Next(3000) / 1000.0, 1 + _random.Next(9000), 1 + _random.Next(200)),
            CachedTokens = _random.Next(tokens + 1),
            Blocked = One(6) ? ExclusionReason.Failing : null,
        };
    }

    private TurnFeatures Turn() => new()
    {
        Data = One(2) ? DataClass.Public : (DataClass)_random.Next(16),
        Agent = $"agent{_random.Next(3)}",
        Channel = $"channel{_random.Next(3)}",
        Tokens = _random.Next(6000),
        MostAnswer = 1 + _random.Next(4096),
        HasImages = One(5),
        NeedsTools = One(3),
        Asked = One(12) ? "t2" : null,
        Profile = One(6) ? (RoutingProfile)_random.Next(6) : null,
        Current = One(3) ? $"t{_random.Next(8)}" : null,
        IsInToolLoop = One(4),
        BetterThan = One(8) ? $"t{_random.Next(10)}" : null,
    };

    private bool One(int of) => _random.Next(of) == 0;
}
