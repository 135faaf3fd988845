using System.Diagnostics;
using System.Globalization;
using Benchmarks;
using TestKit;

// `./build.sh bench`: the published binary on a Qwen2.5-0.5B-shaped model with seeded random weights, made on the spot. With LLAMA_BENCH
// (and LLAMA_MODEL, or the same file) llama.cpp runs in turn with it, round by round, so that a slow minute slows both.
var serving = args.Contains("--serving");
var rounds = Array.IndexOf(args, "--rounds") is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 5;
var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "bench")).FullName;
var home = Path.Combine(folder, "home");
var gguf = Environment.GetEnvironmentVariable("LLAMA_MODEL");
if (string.IsNullOrEmpty(gguf))
{
    gguf = Path.Combine(folder, "qwen2.5-0.5b-shape.q4_0.gguf");
    if (!File.Exists(gguf))
    {
        Console.WriteLine("making a Qwen2.5-0.5B-shaped Q4_0 model with random weights (seed 1)");
        GgufModel.Qwen25Half.Save(gguf + ".tmp");
        File.Move(gguf + ".tmp", gguf);
    }
}
var clock = Stopwatch.StartNew();
var import = await ApplianceBinary.RunAsync(home, "models", "import", gguf, "--as", "bench");
if (import.ExitCode != 0) throw new InvalidOperationException(import.Error);
Console.WriteLine(FormattableString.Invariant($"import                 {clock.Elapsed.TotalSeconds,8:F1} s"));

if (serving)
{
    await Serving.RunAsync(home, gguf, rounds);
    return;
}

var llama = Environment.GetEnvironmentVariable("LLAMA_BENCH");
List<Measurement> ours = [], theirs = [];
for (var round = 0; round < rounds; round++)
{
    ours.Add(await Measurement.OfAppliance(home));
    if (!string.IsNullOrEmpty(llama)) theirs.Add(await Measurement.OfLlamaBench(llama, gguf));
    Console.Error.WriteLine($"round {round + 1} of {rounds}: {ours[^1]}{(theirs.Count > 0 ? $"   llama.cpp {theirs[^1]}" : "")}");
}

Row("prefill 512, tokens/s", m => m.Prefill);
Row("decode 128, tokens/s", m => m.Decode);
Row("peak memory, MB", m => m.PeakMegabytes);
Row("load, ms", m => m.LoadMilliseconds);
Row("first token, ms", m => m.FirstTokenMilliseconds);

void Row(string name, Func<Measurement, double?> value)
{
    var line = FormattableString.Invariant($"{name,-22} {Median(ours.Select(value)),8:F1}");
    if (theirs.Count > 0 && Median(theirs.Select(value)) is { } other)
    {
        // The median of the ratios of the rounds, not the ratio of the medians: each pair met the same minute.
        var ratio = Median(ours.Zip(theirs, (a, b) => value(a) / value(b)));
        line += FormattableString.Invariant($"   llama.cpp {other,8:F1}   ratio {ratio:F2}");
    }
    Console.WriteLine(line);
}

static double? Median(IEnumerable<double?> values)
{
    var sorted = values.OfType<double>().Order().ToArray();
    return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
