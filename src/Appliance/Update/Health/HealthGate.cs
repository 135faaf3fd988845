using System.Net.Http.Headers;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Appliance.Hosting.Service;
using Models;

namespace Appliance.Update.Health;

/// <summary>
/// Whether the box does what it is for: its service is ready, a model answers a question, a tool works. The gate that a new version has to pass, of
/// the program alone and of a whole image alike; all by the home's own socket, as its owner or as root.
/// </summary>
/// <param name="home">The home of the gateway that is asked.</param>
/// <param name="time">The clock.</param>
internal sealed class HealthGate(string home, TimeProvider time)
{
    private const string Tool = "calc";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private static readonly Uri Question = new("http://localhost/v1/chat/completions");

    /// <summary>The file that the gateway has to be run from; null where that does not matter. While services change over, another may still answer.</summary>
    public string? Program { get; init; }

    /// <summary>Tries until all of it is well at once, or the time is over.</summary>
    /// <param name="within">How long; a model that thinks for the first time takes its time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What the last try found, up to what failed.</returns>
    public async Task<IReadOnlyList<HealthStep>> WaitAsync(TimeSpan within, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(within, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var seen = new List<HealthStep>();
        while (true)
        {
            List<HealthStep> before = [.. seen];
            seen.Clear();
            try
            {
                await LookAsync(seen, stop.Token);
                if (seen[^1].IsOk) return seen;
                await Task.Delay(Between, time, stop.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Where the time ended within a look, what stood still counts, and before the first of a try what the last one found.
                if (seen is [.., { IsOk: false }]) return seen;
                if (seen.Count == 0 && before.Count > 0) return before;
                return [.. seen, new(seen.Count switch { 0 => "ready", 1 => "model", _ => "tool" }, false, "there was no answer in time")];
            }
        }
    }

    /// <summary>Looks once.</summary>
    /// <param name="seen">Gets what is found, up to what fails.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task LookAsync(List<HealthStep> seen, CancellationToken cancellation)
    {
        foreach (var (name, look) in (IEnumerable<(string, Func<CancellationToken, Task<(bool, string)>>)>)[("ready", ReadyAsync), ("model", ModelAsync), ("tool", ToolAsync)])
        {
            try
            {
                var (ok, what) = await look(cancellation);
                seen.Add(new(name, ok, what));
            }
            catch (Exception e) when (e is ModelException or HttpRequestException or IOException or JsonException)
            {
                seen.Add(new(name, false, e.Message));
            }
            if (!seen[^1].IsOk) return;
        }
    }

    private async Task<(bool, string)> ReadyAsync(CancellationToken cancellation)
    {
        if (LocalSocket.IsFree(home)) return (false, $"no gateway runs on {home}");
        if (Program is not null && await RunsFromAsync(cancellation) is var file && file != Canonical(Program)) return (false, $"what answers is {file ?? "a program that cannot be seen"}, and not {Program}");
        var status = await new SelfCheck(RequireSocket(), Question).GetAsync("/readyz", cancellation);
        return (status == 200, status switch { 200 => "the gateway is ready", 0 => "the gateway does not answer", _ => $"the gateway says {status} to /readyz" });
    }

    private async Task<string?> RunsFromAsync(CancellationToken cancellation)
    {
        await using var client = await ConnectAsync(Scope.Read, cancellation);
        return client.ServerPid is { } pid ? new FileInfo($"/proc/{pid}/exe").LinkTarget : null;
    }

    // As the kernel names it, whatever links lead there.
    private static string? Canonical(string path)
    {
        using var file = File.OpenRead(path);
        return new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget;
    }

    // A model of this box, whatever models elsewhere there are: whether a network is there today says nothing of a version.
    private async Task<(bool, string)> ModelAsync(CancellationToken cancellation)
    {
        await using var client = await ConnectAsync(Scope.Read, cancellation);
        var rows = (await client.RequestAsync("models.list", cancellation: cancellation)).Items("models").Where(row => row.Text("provider") == "local").ToList();
        var model = (rows.FirstOrDefault(row => row.Texts("tags").Contains("default")) is { ValueKind: JsonValueKind.Object } standard ? standard : rows.FirstOrDefault()).Text("id");
        if (model is null) return (true, "no model of this box is installed, so that none was asked");

        var body = FrameWriter.Object(to => to.Add("model", model).Add("messages", [new QuestionMessage()]).Add("max_tokens", 16).Add("temperature", 0));
        using var request = new HttpRequestMessage(HttpMethod.Post, Question) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        using var invoker = GatewayTransport.LocalInvoker(RequireSocket(), _ => { });
        using var response = await invoker.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode) return (false, $"{model} does not answer: {(int)response.StatusCode} {text}");
        var tokens = JsonElement.Parse(text).Member("usage").Number("completion_tokens") ?? 0;
        return (tokens > 0, tokens > 0 ? $"{model} answers" : $"{model} answers nothing");
    }

    private async Task<(bool, string)> ToolAsync(CancellationToken cancellation)
    {
        await using var client = await ConnectAsync(Scope.Write, cancellation);
        var called = await client.RequestAsync("tools.invoke", to => to.Add("name", Tool).Add("args", new Sum()), cancellation);
        if (called.Flag("ok")) return (called.Member("output").GetRawText().Contains("42", StringComparison.Ordinal), $"the tool {Tool} works");
        // What its owner took away from the agent is no fault of a version.
        return called.Member("error").Text("code") is "not_found" or "forbidden"
            ? (true, $"the tool {Tool} is not allowed here, so that none was tried")
            : (false, $"the tool {Tool} does not work: {called.Member("error").Text("message")}");
    }

    private Task<GatewayClient> ConnectAsync(string scope, CancellationToken cancellation) => GatewayClient.ConnectAsync(new(home, RequireSocket(), null, null), [scope], cancellation);

    private string RequireSocket() => LocalSocket.PathIn(home) is var path && File.Exists(path) ? path
        : throw new ModelException($"The gateway of {home} has no Unix socket (its path is too long, or its disk has none), by which the health gate asks it.");

    private sealed record QuestionMessage : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("role", "user").Add("content", "What is 2 + 2?");
    }

    private sealed record Sum : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("expression", "6 * 7");
    }
}
