using System.Diagnostics;
using System.Globalization;
using Appliance.Gateway;
using Appliance.Hosting;
using Models.Budget;
using Models.Generation;
using Runtime.Hardware.Power;

namespace Appliance.Http.Metrics;

/// <summary>GET /metrics: this server in Prometheus' text format. Made when it is asked for; counting costs two additions a request.</summary>
internal sealed class MetricsPage(IModelHost models, Lazy<GatewayHost> gateway, RequestCounters requests, ServerOptions options)
{
    private const string Counter = "counter", Gauge = "gauge";

    private readonly DateTimeOffset _startedAt = options.Time.GetUtcNow();

    /// <summary>Answers.</summary>
    public Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(Write());
    }

    private string Write()
    {
        var text = new PrometheusText();
        text.Metric("appliance_build_info", Gauge, "The program.").Sample("appliance_build_info", 1, ("version", ProductVersion.Text));
        text.Single("appliance_uptime_seconds", Gauge, "Time since the start.", (options.Time.GetUtcNow() - _startedAt).TotalSeconds);
        WriteRequests(text);
        WriteGenerations(text);
        WriteModels(text);
        WriteConnections(text);
        WriteMachine(text);
        if (options.Power is { } power) WritePower(text, power.Value);
        return text.ToString();
    }

    private void WriteRequests(PrometheusText text)
    {
        var all = requests.All;
        text.Metric("appliance_http_requests_total", Counter, "HTTP requests answered.");
        foreach (var (path, status, count, _) in all)
            text.Sample("appliance_http_requests_total", count, ("path", path), ("code", status.ToString(CultureInfo.InvariantCulture)));
        text.Metric("appliance_http_request_seconds_total", Counter, "Time spent answering them.");
        foreach (var byPath in all.GroupBy(r => r.Path)) text.Sample("appliance_http_request_seconds_total", byPath.Sum(r => r.Time.TotalSeconds), ("path", byPath.Key));
        text.Single("appliance_http_requests_in_flight", Gauge, "HTTP requests being answered.", requests.InFlight);
    }

    private void WriteGenerations(PrometheusText text)
    {
        var totals = models.Totals;
        text.Single("appliance_generations_total", Counter, "Answers of models that came to an end, whoever asked.", totals.Generations);
        text.Metric("appliance_tokens_total", Counter, "Tokens of prompts (cached: computed before) and of answers.")
            .Sample("appliance_tokens_total", totals.PromptTokens - totals.ReusedTokens, ("kind", "prompt"))
            .Sample("appliance_tokens_total", totals.ReusedTokens, ("kind", "cached"))
            .Sample("appliance_tokens_total", totals.CompletionTokens, ("kind", "completion"));
        text.Metric("appliance_generation_seconds_total", Counter, "Time to first tokens (prefill) and from there to the last (decode).")
            .Sample("appliance_generation_seconds_total", totals.Prefill.TotalSeconds, ("phase", "prefill"))
            .Sample("appliance_generation_seconds_total", totals.Decode.TotalSeconds, ("phase", "decode"));
    }

    private void WriteModels(PrometheusText text)
    {
        var loaded = models.Loaded;
        text.Metric("appliance_model_bytes", Gauge, "Memory that a loaded model's plan gives it.");
        foreach (var model in loaded) text.Sample("appliance_model_bytes", model.Bytes, ("model", model.Name));
        text.Metric("appliance_model_requests", Gauge, "Generations that run or wait.");
        foreach (var model in loaded)
            text.Sample("appliance_model_requests", model.Running, ("model", model.Name), ("state", "running")).Sample("appliance_model_requests", model.Waiting, ("model", model.Name), ("state", "waiting"));
        text.Metric("appliance_kv_cache_bytes", Gauge, "Memory of keys and values: used by generations, or retained for prompts to come.");
        foreach (var model in loaded)
        {
            text.Sample("appliance_kv_cache_bytes", Math.Max(0, model.KvBytes - model.RetainedBytes), ("model", model.Name), ("state", "used"))
                .Sample("appliance_kv_cache_bytes", model.RetainedBytes, ("model", model.Name), ("state", "retained"));
        }
    }

    // A gateway that nobody has come to is not there yet, and is not made for this.
    private void WriteConnections(PrometheusText text)
    {
        var host = gateway.IsValueCreated ? gateway.Value.Context : null;
        text.Single("appliance_websocket_connections", Gauge, "Clients of the gateway protocol.", host?.Hub.Connections.Count ?? 0);
        text.Single("appliance_turns_active", Gauge, "Turns of the agent that run or wait.", host?.Turns.Active.Count ?? 0);
    }

    // What a board does not tell is not there.
    private static void WritePower(PrometheusText text, PowerWatch power)
    {
        var (reading, state) = (power.Reading, power.State);
        text.Single("appliance_power_level", Gauge, "How much the machine is spared: 0 not at all, 1 warm, 2 hot, 3 critical (or its battery low).", (int)state.Level);
        text.Single("appliance_power_duty", Gauge, "The share of their time that models may work.", state.Duty);
        if (reading.MilliCelsius is { } heat) text.Single("appliance_temperature_celsius", Gauge, "The hottest zone of the processor or the board.", heat / 1000.0);
        if (reading.HasFlags || reading.Throttle != ThrottleFlags.None)
        {
            text.Metric("appliance_throttled", Gauge, "Whether the board is held back now.");
            foreach (var flag in (ThrottleFlags[])[ThrottleFlags.UnderVoltage, ThrottleFlags.FrequencyCapped, ThrottleFlags.Throttled, ThrottleFlags.SoftLimit])
                text.Sample("appliance_throttled", reading.Throttle.HasFlag(flag) ? 1 : 0, ("kind", flag.ToString()));
        }
        if (reading.FrequencyKhz is { } khz) text.Single("appliance_cpu_frequency_hertz", Gauge, "The frequency of the slowest group of processors.", khz * 1000.0);
        if (reading.BatteryPercent is { } percent)
        {
            text.Single("appliance_battery_percent", Gauge, "Charge of the battery.", percent);
            text.Single("appliance_battery_discharging", Gauge, "Whether the battery feeds the machine alone.", reading.IsOnBattery ? 1 : 0);
        }
        if (power.Watts is { } watts) text.Single("appliance_power_watts", Gauge, "What the machine draws.", watts);
        if (power.Joules is { } joules) text.Single("appliance_answer_joules_total", Counter, "Joules drawn while models worked; by appliance_generations_total it is joules an answer.", joules);
    }

    private static void WriteMachine(PrometheusText text)
    {
        using var self = Process.GetCurrentProcess();
        text.Single("process_resident_memory_bytes", Gauge, "Resident memory of this program.", MachineMemory.Resident);
        text.Single("process_cpu_seconds_total", Counter, "Processor time of this program.", self.TotalProcessorTime.TotalSeconds);
        text.Single("appliance_managed_heap_bytes", Gauge, "Memory of managed objects.", GC.GetTotalMemory(forceFullCollection: false));
        text.Single("appliance_memory_available_bytes", Gauge, "Memory that is left on this machine, or in its cgroup.", MachineMemory.Here.Read().Room);
    }
}
