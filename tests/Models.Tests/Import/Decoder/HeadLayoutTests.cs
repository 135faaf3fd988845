using FsCheck;
using FsCheck.Fluent;
using Models.Import.Decoder;
using Models.Import.Weights;

namespace Models.Tests.Import.Decoder;

public sealed class HeadLayoutTests
{
    [Fact]
    public void Layout_OfAnyHead_KeepsEveryDimensionOnceAndItsPartner() => Prop.ForAll(
        (from half in Gen.Choose(1, 64) from rest in Gen.Choose(0, 32) from interleaved in Gen.Elements(true, false) select (half, rest, interleaved)).ToArbitrary(),
        shape =>
        {
            var (half, rest, interleaved) = shape;
            var size = 2 * half + rest;
            var layout = new HeadLayout(size, half, interleaved);
            var all = Enumerable.Range(0, size);
            return layout.Size % 16 == 0 && layout.RotaryHalf % 8 == 0 && layout.RotaryHalf * 2 <= layout.Size && layout.RotaryHalf <= layout.Size / 16 * 8
                && layout.Rotated.Where(d => d != WeightMatrix.Zero).Order().SequenceEqual(all)
                && layout.Plain.Where(d => d != WeightMatrix.Zero).SequenceEqual(all)
                // What the graph rotates together, dimension i and i + half of its own, belongs together in the source.
                && Enumerable.Range(0, half).All(i => (layout.Rotated[i], layout.Rotated[i + layout.RotaryHalf]) == (interleaved ? (2 * i, 2 * i + 1) : (i, i + half)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Layout_OfAnOrdinaryHead_ChangesNothing()
    {
        var layout = new HeadLayout(64, 32, interleaved: false);
        Assert.Equal(64, layout.Size);
        Assert.Equal(Enumerable.Range(0, 64), layout.Rotated);
    }

    [Fact]
    public void Repeat_SeveralHeads_CountsInTheSourcesSize() =>
        Assert.Equal([10, 12, WeightMatrix.Zero, 13, 15, WeightMatrix.Zero], HeadLayout.Repeat([0, 2, WeightMatrix.Zero], heads: 2, size: 3, start: 10));
}
