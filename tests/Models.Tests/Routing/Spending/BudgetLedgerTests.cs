using Models.Routing.Spending;
using TestKit;

namespace Models.Tests.Routing.Spending;

public sealed class BudgetLedgerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private string File => Path.Combine(_folder.Path, "spending.jsonl");

    [Fact]
    public void TryReserve_TheWorstCase_CountsUntilItIsSettled()
    {
        using var ledger = Ledger(hour: 100);
        var first = ledger.TryReserve(60, null, null, out _)!;
        Assert.Null(ledger.TryReserve(50, null, null, out var refusal));
        Assert.Equal("can cost $0.00005, and $0.00004 are left of the hour's budget", refusal);
        first.Settle(10);
        Assert.Equal(90, ledger.Left(null, null));
        // Only the first word counts.
        first.Settle(90);
        Assert.Equal((10, 10, 10, 0), ledger.Spent());
    }

    [Fact]
    public void Dispose_NobodySaidWhatItCost_CountsWhole()
    {
        using var ledger = Ledger(hour: 100);
        using (ledger.TryReserve(60, null, null, out _)) { }
        Assert.Equal((60, 60, 60, 0), ledger.Spent());
    }

    [Fact]
    public void TryReserve_SeveralLimits_TheTightestCounts()
    {
        using var ledger = new BudgetLedger(new BudgetRules
        {
            Everyone = new(Day: 1000),
            EachPerson = new(Day: 100),
            EachAgent = new(Month: 500),
            People = new Dictionary<string, SpendingLimits> { ["kim"] = new(Hour: 10), ["jo"] = SpendingLimits.None },
        }, _time);
        Assert.Equal((100L, 10L, 500L, 500L, 1000L), (ledger.Left("a", "lee"), ledger.Left("a", "kim"), ledger.Left("a", "jo"), ledger.Left("a", null), ledger.Left(null, null)));
        ledger.TryReserve(80, "a", "lee", out _)!.Settle(80);
        ledger.TryReserve(400, "a", null, out _)!.Settle(400);
        Assert.Equal((20L, 20L, 100L, 520L), (ledger.Left("a", "lee"), ledger.Left("a", "jo"), ledger.Left("b", "max"), ledger.Left(null, null)));
    }

    [Fact]
    public void Left_TimePasses_ComesBackWhenItsWindowIsOver()
    {
        using var ledger = new BudgetLedger(new() { Everyone = new(Hour: 10, Day: 20, Month: 30) }, _time);
        Spend(10);
        Assert.Equal(0, ledger.Left(null, null));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, ledger.Left(null, null));
        _time.Advance(TimeSpan.FromMinutes(2));
        Spend(10);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, ledger.Left(null, null));
        _time.Advance(TimeSpan.FromHours(23));
        Spend(10);
        _time.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, ledger.Left(null, null));
        _time.Advance(TimeSpan.FromDays(4));
        Assert.Equal(10, ledger.Left(null, null));

        void Spend(long micros) => ledger.TryReserve(micros, null, null, out _)!.Settle(micros);
    }

    [Fact]
    public void Left_TheClockIsSet_OpensNothing()
    {
        using (var ledger = Ledger(hour: 100))
        {
            ledger.TryReserve(100, null, null, out _)!.Settle(100);
            foreach (var years in (int[])[1, -30, 29, 400])
            {
                _time.SetClock(_time.GetUtcNow().AddYears(years));
                Assert.Equal(0, ledger.Left(null, null));
            }
        }
        // Back to before: it was spent in what is the future now, and counts.
        _time.SetClock(_time.GetUtcNow().AddYears(-401));
        using var later = Ledger(hour: 100);
        Assert.Equal(0, later.Left(null, null));
        _time.Advance(TimeSpan.FromMinutes(62));
        Assert.Equal(100, later.Left(null, null));
    }

    [Fact]
    public void Open_AfterAnEndInTheMiddle_CountsPromisesWhole()
    {
        var ledger = Ledger(hour: 1000);
        ledger.TryReserve(100, "a", "kim", out _)!.Settle(30);
        ledger.TryReserve(200, "a", null, out _);
        ledger.Dispose();
        System.IO.File.AppendAllText(File, """{"what":"reserved","number":9,"at":""");

        for (var i = 0; i < 3; i++)
        {
            using var again = Ledger(hour: 1000);
            Assert.Equal((230, 230, 230, 0), again.Spent());
        }
    }

    [Fact]
    public void Open_ManyCallsOverWeeks_PutsThemTogetherAndForgetsTheOldest()
    {
        using (var ledger = Ledger(hour: 1_000_000))
        {
            for (var i = 0; i < 500; i++)
            {
                ledger.TryReserve(7, "a", null, out _)!.Settle(5);
                _time.Advance(TimeSpan.FromHours(2));
            }
        }
        using var again = Ledger(hour: 1_000_000);
        var (_, day, month, _) = again.Spent();
        Assert.InRange(day, 12 * 5, 13 * 5);
        Assert.InRange(month, 31 * 12 * 5, 32 * 12 * 5);
        Assert.InRange(new FileInfo(File).Length, 1, 40 * 1024);
    }

    [Fact]
    public void TryReserve_TheDiskTakesNothing_NothingIsSpent()
    {
        var ledger = Ledger(hour: 100);
        ledger.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ledger.TryReserve(10, null, null, out _));
        Assert.Equal(0, ledger.Spent().Held);
    }

    [Fact]
    public void TryReserve_FromManyThreads_NeverPromisesMoreThanThereIs()
    {
        using var ledger = new BudgetLedger(new() { Everyone = new(Hour: 1000) }, _time);
        long spent = 0;
        Parallel.For(0, 8, worker =>
        {
            var random = new SeededRandom((ulong)worker + 1);
            for (var i = 0; i < 3000; i++)
            {
                if (ledger.TryReserve(1 + random.Next(40), null, null, out _) is not { } reservation) continue;
                var actual = random.Next((int)reservation.Micros + 1);
                Interlocked.Add(ref spent, actual);
                reservation.Settle(actual);
                var (hour, _, _, held) = ledger.Spent();
                Assert.InRange(hour + held, 0, 1000);
            }
        });
        Assert.Equal((spent, 0L), (ledger.Spent().Hour, ledger.Spent().Held));
    }

    // Every order of six steps: two sizes of call, of one person or of two with limits of their own, the newest or oldest settled at nothing, in part or
    // whole, and time.
    [Theory]
    [InlineData(null, null)]
    [InlineData("kim", "jo")]
    public void AnyOrderOfSteps_NoHourEverHoldsMoreThanItsLimit(string? first, string? second)
    {
        const int limit = 10, each = 7, depth = 6, kinds = 7;
        var path = new int[depth];
        while (true)
        {
            var time = new ManualTime();
            using var ledger = new BudgetLedger(new() { Everyone = new(Hour: limit), EachPerson = new(Hour: each) }, time);
            List<(Reservation Money, string? Person)> open = [];
            List<(DateTimeOffset At, long Micros, string? Person)> spent = [];
            foreach (var step in path)
            {
                switch (step)
                {
                    case 0 or 1:
                        var (size, person) = step == 0 ? (4, first) : (6, second);
                        var reservation = ledger.TryReserve(size, null, person, out _);
                        // All that is promised may be spent in this hour.
                        if (reservation is not null) Require(Used(60, null) + size <= limit && (person is null || Used(60, person) + size <= each));
                        else Require(Used(62, null) + size > limit || (person is not null && Used(62, person) + size > each));
                        if (reservation is not null) open.Add((reservation, person));
                        break;
                    case 6:
                        time.Advance(TimeSpan.FromMinutes(25));
                        break;
                    default:
                        if (open.Count == 0) break;
                        var at = step is 2 or 3 ? 0 : open.Count - 1;
                        var micros = step is 2 or 4 ? 0 : step == 3 ? open[at].Money.Micros / 2 : open[at].Money.Micros;
                        open[at].Money.Settle(micros);
                        spent.Add((time.GetUtcNow(), micros, open[at].Person));
                        open.RemoveAt(at);
                        break;
                }

                // Spent and promised, by one of them or by all.
                long Used(int minutes, string? by) => spent.Where(s => s.At > time.GetUtcNow().AddMinutes(-minutes) && (by is null || s.Person == by)).Sum(s => s.Micros)
                    + open.Where(o => by is null || o.Person == by).Sum(o => o.Money.Micros);
            }
            foreach (var (money, _) in open) money.Settle(0);
            Require(ledger.Spent().Held == 0);
            var i = depth - 1;
            while (i >= 0 && ++path[i] == kinds) path[i--] = 0;
            if (i < 0) return;
        }

        static void Require(bool holds)
        {
            if (!holds) Assert.Fail("money was spent that was not there, or kept back that was");
        }
    }

    private BudgetLedger Ledger(long hour) => new(new() { Everyone = new(Hour: hour) }, _time, File);
}
