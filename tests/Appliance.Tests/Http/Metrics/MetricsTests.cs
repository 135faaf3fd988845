using System.Text.RegularExpressions;
using Appliance.Http.Metrics;

namespace Appliance.Tests.Http.Metrics;

public sealed class MetricsTests
{
    [Fact]
    public async Task Get_AfterSomeRequests_HasCountedThem()
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.GetStringAsync("/v1/models/tiny");
        await host.Client.GetStringAsync("/v1/models/tiny");
        (await host.Client.GetAsync("/nothing/of/the\"kind")).Dispose();
        using var response = await host.Client.GetAsync("/metrics");
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("appliance_http_requests_total{path=\"/v1/models/\",code=\"200\"} 2\n", text, StringComparison.Ordinal);
        // What clients make up is no series of its own.
        Assert.Contains("appliance_http_requests_total{path=\"other\",code=\"404\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("appliance_http_requests_in_flight 1\n", text, StringComparison.Ordinal);
        foreach (var name in (string[])["appliance_uptime_seconds", "appliance_tokens_total", "appliance_generation_seconds_total", "appliance_model_requests",
            "appliance_kv_cache_bytes", "appliance_websocket_connections", "process_resident_memory_bytes", "process_cpu_seconds_total"])
            Assert.Contains($"# TYPE {name} ", text, StringComparison.Ordinal);
        Assert.Matches("process_resident_memory_bytes [1-9][0-9]+\n", text);
        // The format's grammar, line by line.
        var sample = new Regex("^[a-z_]+(\\{[a-z]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\"(,[a-z]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\")*\\})? [0-9.E+-]+$");
        Assert.All(text.TrimEnd('\n').Split('\n').Where(line => !line.StartsWith('#')), line => Assert.Matches(sample, line));
    }

    [Fact]
    public void Text_LabelsAreEscaped() =>
        Assert.Equal("m{a=\"x\\\"\\\\\\ny\"} 0.5\n", new PrometheusText().Sample("m", 0.5, ("a", "x\"\\\ny")).ToString());
}
