using System.Numerics;
using System.Runtime.InteropServices;

namespace Models.Generation;

/// <summary>
/// Chooses the next token from logits: penalties and bias, then temperature, top-k, top-p and min-p (the order of Hugging Face
/// transformers), then one draw. Greedy at temperature 0. Keeps the counts of what was seen; one generation each.
/// </summary>
internal sealed class Sampler
{
    // Tokens less likely than e^-23 (1e-10) of the likeliest are left out before sorting: 150,000 of them together weigh under 2e-5.
    private const float NegligibleLogit = 23;

    private readonly GenerationOptions _options;
    private readonly HashSet<int> _seen = [];
    private readonly Dictionary<int, int> _made = [];
    private readonly bool _penalized;
    private ulong _state;
    private Candidate[] _candidates = [];

    public Sampler(GenerationOptions options, ReadOnlySpan<int> prompt)
    {
        _options = options;
        _state = options.Seed ?? (ulong)Random.Shared.NextInt64();
        _penalized = options.RepetitionPenalty != 1 || options.PresencePenalty != 0 || options.FrequencyPenalty != 0;
        if (options.RepetitionPenalty == 1) return;
        foreach (var token in prompt) _seen.Add(token);
    }

    private readonly record struct Candidate(float Logit, int Token);

    /// <summary>Chooses a token and remembers it. Changes <paramref name="logits"/>.</summary>
    public int Next(Span<float> logits)
    {
        Adjust(logits);
        var token = _options.Temperature == 0 ? Argmax(logits) : Draw(logits);
        if (_penalized)
        {
            _seen.Add(token);
            CollectionsMarshal.GetValueRefOrAddDefault(_made, token, out _)++;
        }
        return token;
    }

    /// <summary>Index of the largest value, the first of several; NaN never wins.</summary>
    public static int Argmax(ReadOnlySpan<float> values)
    {
        // Two passes: the largest value by vectors, then its first place. Both run at memory speed.
        var largest = float.NegativeInfinity;
        var i = 0;
        if (values.Length >= Vector<float>.Count)
        {
            var best = new Vector<float>(float.NegativeInfinity);
            for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                var next = new Vector<float>(values[i..]);
                best = Vector.ConditionalSelect(Vector.GreaterThan(next, best), next, best);
            }
            for (var lane = 0; lane < Vector<float>.Count; lane++) largest = Math.Max(largest, best[lane]);
        }
        for (; i < values.Length; i++)
            if (values[i] > largest) largest = values[i];
        return Math.Max(0, values.IndexOf(largest));
    }

    private void Adjust(Span<float> logits)
    {
        if (_penalized)
        {
            foreach (var token in _seen)
            {
                ref var logit = ref logits[token];
                logit = logit > 0 ? logit / _options.RepetitionPenalty : logit * _options.RepetitionPenalty;
            }
            foreach (var (token, count) in _made) logits[token] -= _options.PresencePenalty + count * _options.FrequencyPenalty;
        }
        if (_options.LogitBias is null) return;
        foreach (var (token, bias) in _options.LogitBias)
            if ((uint)token < (uint)logits.Length) logits[token] += bias;
    }

    private int Draw(ReadOnlySpan<float> logits)
    {
        var best = Argmax(logits);
        var largest = logits[best];
        var floor = largest - NegligibleLogit * _options.Temperature;
        // min-p is a floor as well: p >= MinP * pmax means logit/T >= max/T + ln(MinP).
        if (_options.MinP > 0) floor = Math.Max(floor, largest + MathF.Log(_options.MinP) * _options.Temperature);

        if (_candidates.Length < logits.Length) _candidates = new Candidate[logits.Length];
        var count = 0;
        for (var token = 0; token < logits.Length; token++)
            if (logits[token] >= floor) _candidates[count++] = new Candidate(logits[token], token);
        if (count == 0) return best;

        var candidates = _candidates.AsSpan(0, count);
        if (_options.TopK > 0 || _options.TopP < 1)
        {
            candidates.Sort(static (a, b) => a.Logit != b.Logit ? b.Logit.CompareTo(a.Logit) : a.Token.CompareTo(b.Token));
            if (_options.TopK > 0 && _options.TopK < candidates.Length) candidates = candidates[.._options.TopK];
        }

        var weights = 0.0;
        foreach (var candidate in candidates) weights += Weight(candidate, largest);
        if (_options.TopP < 1)
        {
            var sum = 0.0;
            for (var i = 0; i < candidates.Length; i++)
            {
                sum += Weight(candidates[i], largest);
                if (sum < _options.TopP * weights) continue;
                candidates = candidates[..(i + 1)];
                weights = sum;
                break;
            }
        }

        var target = NextUnit() * weights;
        foreach (var candidate in candidates)
        {
            target -= Weight(candidate, largest);
            if (target < 0) return candidate.Token;
        }
        return candidates[^1].Token;
    }

    private double Weight(Candidate candidate, float largest) => Math.Exp((candidate.Logit - largest) / _options.Temperature);

    // SplitMix64 (Steele, Lea, Flood 2014): the same draws for the same seed on every platform and framework version.
    private double NextUnit()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
