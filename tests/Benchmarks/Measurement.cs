using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TestKit;

namespace Benchmarks;

/// <summary>One round of one engine, with two threads.</summary>
/// <param name="Prefill">Tokens/s over a prompt of 512.</param>
/// <param name="Decode">Tokens/s over 128 tokens.</param>
/// <param name="PeakMegabytes">Most memory the process ever had resident.</param>
/// <param name="LoadMilliseconds">From asking for the model to having it; null where the engine does not say.</param>
/// <param name="FirstTokenMilliseconds">From a prompt of 512 to its first token; null where the engine does not say.</param>
internal sealed record Measurement(
    double? Prefill, double? Decode, double? PeakMegabytes, double? LoadMilliseconds = null, double? FirstTokenMilliseconds = null)
{
    /// <summary>The published binary.</summary>
    public static async Task<Measurement> OfAppliance(string home)
    {
        var run = await ApplianceBinary.RunAsync(home, "bench", "--model", "bench", "--rounds", "1", "--threads", "2", "--json");
        if (run.ExitCode != 0) throw new InvalidOperationException(run.Error);
        using var report = JsonDocument.Parse(run.Output);
        double Number(string name) => report.RootElement.GetProperty(name).GetDouble();
        return new Measurement(
            Number("prefill_tokens_per_second"), Number("decode_tokens_per_second"), Number("peak_bytes") / 1e6, Number("load_ms"), Number("first_token_ms"));
    }

    /// <summary>llama-bench, which warms up once before each of its two tests, as ours does.</summary>
    public static async Task<Measurement> OfLlamaBench(string program, string model)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["-m", model, "-p", "512", "-n", "128", "-t", "2", "-r", "1", "-o", "json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        double peak = 0;
        while (!output.IsCompleted)
        {
            peak = Math.Max(peak, PeakMegabytesOf(process.Id));
            await Task.WhenAny(output, Task.Delay(20));
        }
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException(await error);
        using var report = JsonDocument.Parse(await output);
        double Rate(string count) => report.RootElement.EnumerateArray().Single(test => test.GetProperty(count).GetInt32() > 0).GetProperty("avg_ts").GetDouble();
        return new Measurement(Rate("n_prompt"), Rate("n_gen"), peak);
    }

    private static double PeakMegabytesOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"prefill {Prefill:F0}, decode {Decode:F1}, peak {PeakMegabytes:F0} MB");
}
