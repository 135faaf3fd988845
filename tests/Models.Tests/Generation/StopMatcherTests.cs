using FsCheck;
using FsCheck.Fluent;
using Models.Generation;

namespace Models.Tests.Generation;

public sealed class StopMatcherTests
{
    private static (string Shown, bool Stopped) Feed(IEnumerable<string> pieces, params string[] stops)
    {
        var matcher = new StopMatcher(stops);
        var shown = "";
        foreach (var piece in pieces)
        {
            shown += matcher.Append(piece, out var stopped);
            if (stopped) return (shown, true);
        }
        return (shown + matcher.Flush(), false);
    }

    [Fact]
    public void Append_StopInOnePiece_EndsBeforeIt() => Assert.Equal(("Hello ", true), Feed(["Hello END there"], "END"));

    [Fact]
    public void Append_StopAcrossPieces_IsNeverShown() => Assert.Equal(("Hello ", true), Feed(["Hel", "lo E", "N", "D x"], "END"));

    [Fact]
    public void Append_FalseBeginning_IsShownLater() => Assert.Equal(("Hello ENTER", false), Feed(["Hello E", "N", "TER"], "END"));

    [Fact]
    public void Append_SeveralStops_TheFirstInTheTextWins() => Assert.Equal(("a ", true), Feed(["a B C"], "C", "B"));

    [Fact]
    public void Append_OverlappingBeginnings_AreHeldBack() => Assert.Equal(("a", true), Feed(["aa", "ab"], "aab"));

    [Fact]
    public void Append_AnyCutting_GivesTheTextBeforeTheFirstStop()
    {
        // A two-letter alphabet makes beginnings of stop strings common.
        var text = Gen.ListOf(Gen.Elements('a', 'b')).Select(c => string.Concat(c));
        var cases =
            from whole in text
            from stops in text.Where(s => s.Length is > 0 and < 5).ListOf(2)
            from cuts in Gen.Choose(1, 3).ListOf(whole.Length + 1)
            select (whole, stops: stops.ToArray(), cuts: cuts.ToArray());
        Prop.ForAll(Arb.From(cases), c =>
        {
            var pieces = new List<string>();
            for (int at = 0, i = 0; at < c.whole.Length; at += c.cuts[i++]) pieces.Add(c.whole.Substring(at, Math.Min(c.cuts[i], c.whole.Length - at)));
            var first = c.stops.Select(s => c.whole.IndexOf(s, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(-1).Min();
            var (shown, stopped) = Feed(pieces, c.stops);
            Assert.Equal(first >= 0, stopped);
            // Pieces arrive whole characters at a time, so a stop that ends earlier wins even if another began before it.
            if (!stopped) Assert.Equal(c.whole, shown);
            else Assert.All(c.stops, s => Assert.DoesNotContain(s, shown, StringComparison.Ordinal));
            Assert.StartsWith(shown, c.whole, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
    }
}
