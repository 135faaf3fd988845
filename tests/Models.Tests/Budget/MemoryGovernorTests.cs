using Models.Budget;
using TestKit;

namespace Models.Tests.Budget;

/// <summary>The governor over models and a machine that are only numbers.</summary>
public sealed class MemoryGovernorTests : IDisposable
{
    private const long MB = 1 << 20;

    private readonly ManualTime _time = new();
    private readonly Tenants _tenants = new();
    private readonly List<string> _notes = [];
    private readonly MemoryGovernor _governor;
    private long _room = 4000 * MB;

    // A reserve of 204 MB: short below 153, near below 76.
    public MemoryGovernorTests() => _governor = new MemoryGovernor(_tenants, () => new MemorySnapshot(4096 * MB, _room), _time, _notes.Add);

    public void Dispose() => _governor.Dispose();

    [Fact]
    public void Watch_WithRoom_LeavesModelsAlone()
    {
        var user = _tenants.Add(retained: 100 * MB);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((100 * MB, 8, 32_768), (user.RetainedBytes, user.Sequences, user.Context));
        Assert.Empty(_notes);
    }

    [Fact]
    public void Watch_Short_ShedsOnlyWhatIsMissing_OldestModelFirst()
    {
        var (old, recent) = (_tenants.Add(retained: 30 * MB), _tenants.Add(retained: 500 * MB));
        old.Freed = recent.Freed = bytes => _room += bytes;
        SetRoom(140 * MB);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["memory: 140 MB left of 4096 MB, dropping retained prefixes", "memory: 255 MB left of 4096 MB, everything as planned"], _notes);
        // A quarter more than the reserve of 204 MB is what it takes to be out of the trouble.
        Assert.Equal(0, old.RetainedBytes);
        Assert.InRange(recent.RetainedBytes, 413 * MB, 415 * MB);
        Assert.Equal((8, 32_768), (recent.Sequences, recent.Context));
    }

    [Fact]
    public void Watch_WeightsCount_AsMemoryThatIsNotFree()
    {
        _tenants.Add(retained: 100 * MB);
        _room = 273 * MB + 140 * MB;
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("memory: 140 MB left of 4096 MB, dropping retained prefixes", _notes[0]);
    }

    [Fact]
    public void Watch_NearTheLimit_GoesAllTheWayAndComesBack()
    {
        var busy = _tenants.Add(retained: 0);
        _tenants.Idle = 1;
        SetRoom(60 * MB);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(MemoryStep.Refuse, _governor.Step);
        Assert.Equal((1, 512, 0), (busy.Sequences, busy.Context, _tenants.Idle));
        Assert.Contains("60 MB are left of 4096 MB", _tenants.Refusal, StringComparison.Ordinal);

        SetRoom(3000 * MB);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(MemoryStep.None, _governor.Step);
        Assert.Equal((8, 32_768), (busy.Sequences, busy.Context));
        Assert.Null(_tenants.Refusal);
        Assert.Equal("memory: 3000 MB left of 4096 MB, everything as planned", _notes[^1]);
    }

    [Fact]
    public void Watch_AfterDispose_Stops()
    {
        var user = _tenants.Add(retained: 100 * MB);
        _governor.Dispose();
        SetRoom(1);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(100 * MB, user.RetainedBytes);
    }

    private void SetRoom(long beside) => _room = beside + _tenants.All.Sum(t => t.Plan.Footprint.MappedBytes);

    private sealed class Tenants : IMemoryTenants
    {
        private readonly List<MemoryTenant> _all = [];

        public int Idle { get; set; }

        public string? Refusal { get; private set; } = "nothing was said";

        public IReadOnlyList<MemoryTenant> All => _all;

        IReadOnlyList<MemoryTenant> IMemoryTenants.Tenants => _all;

        public User Add(long retained)
        {
            var user = new User { RetainedBytes = retained };
            _all.Add(new(MemoryPlan.TryMake(Footprints.Half, MemorySnapshot.Of(16_000 * MB), new())!, user));
            return user;
        }

        public bool UnloadIdle() => Idle > 0 && Idle-- > 0;

        public void Refuse(string? reason) => Refusal = reason;
    }

    private sealed class User : IMemoryUser
    {
        public long KvBytes => RetainedBytes;

        public long RetainedBytes { get; set; }

        public int Sequences { get; private set; } = 8;

        public int Context { get; private set; } = 32_768;

        public Action<long> Freed { get; set; } = _ => { };

        public void ShedRetained(long bytes)
        {
            RetainedBytes -= bytes;
            Freed(bytes);
        }

        public void LimitSequences(int most) => Sequences = most;

        public void LimitContext(int tokens) => Context = tokens;
    }
}
