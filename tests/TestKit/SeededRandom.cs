using System.Numerics;

namespace TestKit;

/// <summary>A small fast generator whose numbers are the same on every machine and runtime (xoshiro256**, Blackman and Vigna 2018).</summary>
public sealed class SeededRandom
{
    private ulong _a, _b, _c, _d;

    /// <summary>Starts the sequence of a seed.</summary>
    public SeededRandom(ulong seed)
    {
        // splitmix64 spreads the seed over the state.
        ulong Next()
        {
            seed += 0x9E3779B97F4A7C15;
            var z = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            return z ^ z >> 31;
        }
        (_a, _b, _c, _d) = (Next(), Next(), Next(), Next());
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>An integer in [0, end).</summary>
    public int Next(int end) => (int)(NextBits() % (ulong)end);

    /// <summary>A number in [−1, 1).</summary>
    public float NextSigned() => (long)NextBits() * (1f / 9223372036854775808f);

    /// <summary>Fills a span of a multiple of 8 bytes.</summary>
    public void Fill(Span<byte> target)
    {
        foreach (ref var word in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(target)) word = NextBits();
    }
}
