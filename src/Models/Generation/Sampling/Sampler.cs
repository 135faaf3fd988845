using System.Numerics;
using System.Runtime.InteropServices;

namespace Models.Generation.Sampling;

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
    private TokenWeights? _weights;
    private Candidate[] _candidates = [];

    public Sampler(GenerationOptions options, ReadOnlySpan<int> prompt)
    {
        _options = options;
        _state = options.Seed ?? (ulong)Random.Shared.NextInt64();
        _penalized = options.RepetitionPenalty != 1 || options.PresencePenalty != 0 || options.FrequencyPenalty != 0;
        if (options.RepetitionPenalty == 1) return;
        foreach (var token in prompt) _seen.Add(token);
    }

    /// <summary>Natural logarithm of the probability, at temperature 1, of what was last chosen; null where it is not measured.</summary>
    public double? LogProbability { get; private set; }

    private readonly record struct Candidate(float Logit, int Token);

    /// <summary>Chooses a token and remembers it. Changes <paramref name="logits"/>.</summary>
    public int Next(Span<float> logits)
    {
        Adjust(logits);
        var token = _options.Temperature == 0 ? Argmax(logits) : Draw(logits);
        if (_options.MeasureCertainty) LogProbability = Measure(logits, token);
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
        if (float.IsNaN(floor) || float.IsInfinity(largest)) return best;

        _weights ??= new TokenWeights(logits.Length);
        _weights.Fill(logits, largest, floor, _options.Temperature);
        if (_options.TopK == 0 && _options.TopP == 1) return _weights.Find(NextUnit() * _weights.Total);

        var candidates = Likeliest(logits, largest, floor);
        var weights = 0.0;
        foreach (var candidate in candidates) weights += _weights[candidate.Token];
        // Without a top-k the share is of all tokens, also of those that were not looked at.
        if (_options.TopK == 0) weights = _weights.Total;
        if (_options.TopP < 1)
        {
            var sum = 0.0;
            for (var i = 0; i < candidates.Length; i++)
            {
                sum += _weights[candidates[i].Token];
                if (sum < _options.TopP * weights) continue;
                candidates = candidates[..(i + 1)];
                weights = sum;
                break;
            }
        }

        var target = NextUnit() * weights;
        foreach (var candidate in candidates)
        {
            target -= _weights[candidate.Token];
            if (target < 0) return candidate.Token;
        }
        return candidates[^1].Token;
    }

    private double Measure(ReadOnlySpan<float> logits, int token)
    {
        var largest = logits[Argmax(logits)];
        _weights ??= new TokenWeights(logits.Length);
        _weights.Fill(logits, largest, largest - NegligibleLogit, 1);
        return logits[token] - largest - Math.Log(_weights.Total);
    }

    // The likeliest tokens in their order, as many as top-k or top-p need: found by a threshold that sinks until there are enough, as to
    // sort a whole vocabulary would cost more than the rest together.
    private ReadOnlySpan<Candidate> Likeliest(ReadOnlySpan<float> logits, float largest, float floor)
    {
        if (_candidates.Length < logits.Length) _candidates = new Candidate[logits.Length];
        for (var depth = 2 * _options.Temperature; ; depth *= 2)
        {
            var threshold = Math.Max(floor, largest - depth);
            var count = Collect(logits, threshold, out var weight);
            var isEnough = _options.TopK > 0 ? count >= _options.TopK : weight >= _options.TopP * _weights!.Total;
            if (!isEnough && threshold > floor) continue;
            var candidates = _candidates.AsSpan(0, count);
            candidates.Sort(static (a, b) => a.Logit != b.Logit ? b.Logit.CompareTo(a.Logit) : a.Token.CompareTo(b.Token));
            return _options.TopK > 0 && _options.TopK < count ? candidates[.._options.TopK] : candidates;
        }
    }

    private int Collect(ReadOnlySpan<float> logits, float threshold, out double weight)
    {
        var count = 0;
        weight = 0;
        var least = new Vector<float>(threshold);
        for (var start = 0; start < logits.Length; start += Vector<float>.Count)
        {
            var end = Math.Min(logits.Length, start + Vector<float>.Count);
            if (end - start == Vector<float>.Count && !Vector.GreaterThanOrEqualAny(new Vector<float>(logits[start..]), least)) continue;
            for (var token = start; token < end; token++)
            {
                if (!(logits[token] >= threshold)) continue;
                _candidates[count++] = new Candidate(logits[token], token);
                weight += _weights![token];
            }
        }
        return count;
    }

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
