using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Providers;
using Models.Routing;
using Models.Routing.Simulation;
using TestKit;

namespace Models.Tests.Routing.Execution;

/// <summary>A model in the simulated world: it answers, is slow, refuses, breaks off or is away, as its day goes. It keeps the true books of what it charged and saw.</summary>
internal sealed class SimulatedTarget(SimulatedWorld world, Target target, SeededRandom random) : IChatClient
{
    private const int Chunk = 9;

    /// <summary>From when to when it is how.</summary>
    public List<(TimeSpan From, TimeSpan To, Weather Weather)> Days { get; } = [];

    /// <summary>What it is.</summary>
    public Target Target { get; set; } = target;

    /// <summary>Charges as they really happened, by the steady clock.</summary>
    public List<(TimeSpan At, long Micros)> Charges { get; } = [];

    /// <summary>Calls that were made.</summary>
    public int Calls { get; private set; }

    /// <summary>Calls that saw what they must not.</summary>
    public int Leaks { get; private set; }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages.ToList();
        var price = Target.Price!.Value;
        var weather = Now();
        Calls++;
        await Task.Delay(TimeSpan.FromMilliseconds(20 + random.Next(400)), world.Time, cancellationToken);
        switch (weather)
        {
            case Weather.Away: throw Target.IsLocal ? new GenerationException("busy") { RetryAfter = TimeSpan.FromSeconds(3) } : new ProviderException(UpstreamFault.Unreachable, "away") { NeverSent = true };
            case Weather.Captive: throw new ProviderException(UpstreamFault.BadAnswer, "a sign-in page");
        }
        // From here on it has read everything.
        if (!Target.IsLocal && conversation.Exists(m => SimulatedWorld.IsPrivate(m, Target))) Leaks++;
        switch (weather)
        {
            case Weather.Storm: throw new ProviderException(UpstreamFault.RateLimited, "too often") { RetryAfter = random.Next(2) == 0 ? TimeSpan.FromSeconds(1 + random.Next(90)) : null };
            case Weather.Broken: throw new ProviderException(UpstreamFault.Server, "500");
            case Weather.Denying: throw new ProviderException(random.Next(2) == 0 ? UpstreamFault.Denied : UpstreamFault.Billing, "no");
        }

        var bytes = conversation.Sum(m => m.Contents.Sum(c => Encoding.UTF8.GetByteCount(c.ToString() ?? "")));
        var prompt = bytes * (50 + random.Next(50)) / 100;
        var most = options?.MaxOutputTokens ?? int.MaxValue;
        if (!Target.IsLocal && options?.MaxOutputTokens is null) throw new InvalidOperationException("a target that charges was not told how long its answer may be");
        Charge(price.Of(prompt, 0));

        var (text, call) = world.AnswerTo(conversation, random);
        var cut = weather == Weather.Cutting ? random.Next(text.Length + 1) : int.MaxValue;
        var (tokens, at) = (0, 0);
        while (at < text.Length && tokens < most)
        {
            var gap = weather == Weather.Loris ? TimeSpan.FromSeconds(random.Next(200)) : TimeSpan.FromMilliseconds(10 + random.Next(100));
            await Task.Delay(gap, world.Time, cancellationToken);
            if (at >= cut) throw new ProviderException(UpstreamFault.Cut, "the connection ended");
            var piece = text.Substring(at, Math.Min(1 + random.Next(Chunk), text.Length - at));
            (at, tokens) = (at + piece.Length, tokens + 1);
            Charge(price.Of(0, 1));
            yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
        }
        if (cut != int.MaxValue && random.Next(2) == 0) throw new ProviderException(UpstreamFault.Cut, "the connection ended");
        ChatResponseUpdate end = new(ChatRole.Assistant, []) { FinishReason = call is not null ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop };
        if (call is not null) end.Contents.Add(call);
        // Some never say what they took.
        if (random.Next(4) > 0) end.Contents.Add(new UsageContent(new UsageDetails { InputTokenCount = prompt, OutputTokenCount = tokens }));
        yield return end;

        void Charge(long micros)
        {
            if (micros > 0) Charges.Add((world.Time.Elapsed, micros));
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }

    private Weather Now()
    {
        foreach (var (from, to, weather) in Days)
            if (world.Time.Elapsed >= from && world.Time.Elapsed < to) return weather;
        return Weather.Fine;
    }
}
