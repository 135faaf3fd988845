using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Models.Tokens.Unicode;

namespace Models.Tests.Tokens.Unicode;

public class UnicodeNormalizerTests
{
    private static readonly (int From, int To)[] Ranges =
    [
        (0x41, 0x7A), (0xC0, 0x17F), (0x300, 0x36F), (0x591, 0x5C7), (0x900, 0x9FF), (0x1100, 0x11FF), (0xAC00, 0xD7A3),
        (0x1E00, 0x1FFF), (0x3040, 0x30FF), (0xF900, 0xFAFF), (0xFB00, 0xFB4F), (0x1D15E, 0x1D1AF), (0x2F800, 0x2FA1D),
    ];

    /// <summary>Every code point, and 20,000 strings rich in marks, against ICU: the hashes that Reference/normalization-data.mjs prints.</summary>
    [Theory]
    [InlineData(true, false, "1bb3db149aae81085a53b8677922fb5b47e6e28b9d40dacb5171f1f8946e2b24")]
    [InlineData(false, false, "88dacc154d1b00b1eb27ac05cdc455eb839bfcaa9f6048d767f345e68174f3a1")]
    [InlineData(true, true, "ccfef3ae8e9b74a7b3abb39ad9b295d4576e2f403f911df6ba622556eb1ab257")]
    [InlineData(false, true, "35e563c8929c21502dcf1ee5f74b2cf97346bddf7ac07f03478037cbbd954632")]
    public void Normalize_EveryCodePointAndRandomText_EqualsIcu(bool compose, bool compatibility, string sha256)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var sample in Samples())
            hash.AppendData(Encoding.UTF8.GetBytes(UnicodeNormalizer.Normalize(sample, compose, compatibility) + "\n"));
        Assert.Equal(sha256, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Normalize_LongRunOfMarksOutOfOrder_TakesNearLinearTime()
    {
        var units = string.Concat(Enumerable.Repeat("\u0301\u0316", 20_000));
        var (one, four) = (Time("a" + units), Time("a" + units + units + units + units));
        Assert.True(four < 16 * one, $"{four} for four times what took {one}");

        static TimeSpan Time(string text)
        {
            UnicodeNormalizer.Normalize("\u00e9", false, false);
            var best = TimeSpan.MaxValue;
            for (var round = 0; round < 3; round++)
            {
                var start = Stopwatch.GetTimestamp();
                UnicodeNormalizer.Normalize(text, compose: true, compatibility: false);
                var took = Stopwatch.GetElapsedTime(start);
                best = took < best ? took : best;
            }
            return best;
        }
    }

    private static IEnumerable<string> Samples()
    {
        for (var point = 0; point < 0x110000; point++)
            if (Rune.IsValid(point))
                yield return new Rune(point).ToString();
        var state = 1u;
        for (var i = 0; i < 20_000; i++)
        {
            var sample = new StringBuilder();
            for (var length = 1 + Next(12); length > 0; length--)
            {
                var (from, to) = Ranges[Next(Ranges.Length)];
                sample.Append(new Rune(from + Next(to - from + 1)).ToString());
            }
            yield return sample.ToString();
        }

        int Next(int limit)
        {
            state = unchecked(state * 1664525 + 1013904223);
            return (int)((state >> 8) % (uint)limit);
        }
    }
}
