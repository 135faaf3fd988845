using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Providers;

namespace Models.Routing.Simulation;

/// <summary>A model in a simulation: it answers as quickly as it is known to, or does what its weather says. It keeps the true books of what it charged and saw. For one thread.</summary>
internal sealed class SimulatedUpstream(Target target, SimulationPlan plan, VirtualTime time, Random random) : IChatClient
{
    private const int PieceTokens = 16;
    private readonly TargetSpeed _speed = target.IsLocal ? TargetSpeed.LocalGuess : TargetSpeed.RemoteGuess;

    /// <summary>Who it is.</summary>
    public Target Target => target;

    /// <summary>What it charged, millionths of a dollar.</summary>
    public long Spent { get; private set; }

    /// <summary>Calls that saw what they may not.</summary>
    public int Leaks { get; private set; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages.ToList();
        var number = int.Parse(conversation[0].Text, CultureInfo.InvariantCulture);
        var turn = plan.Turns[number];
        var (tokens, answer) = (plan.TokensOf(number, target), turn.Turn.LikelyAnswer);
        // The second half of an answer that another began.
        if (conversation.Count > 1) answer = Math.Max(1, answer / 2);
        answer = Math.Min(answer, options?.MaxOutputTokens ?? int.MaxValue);
        var (weather, price) = (plan.WeatherOf(target, time.Elapsed), plan.PriceOf(target, time.Elapsed));
        await Wait(0.05);
        switch (weather)
        {
            case Weather.Away: throw target.IsLocal ? new GenerationException("It is away.") { RetryAfter = TimeSpan.FromSeconds(3) } : new ProviderException(UpstreamFault.Unreachable, "It cannot be reached.") { NeverSent = true };
            case Weather.Captive: throw new ProviderException(UpstreamFault.BadAnswer, "A sign-in page answers.");
        }
        if ((turn.Turn.Data & ~target.MaySee) != 0) Leaks++;
        switch (weather)
        {
            case Weather.Storm: throw new ProviderException(UpstreamFault.RateLimited, "It is asked too often.") { RetryAfter = random.Next(2) == 0 ? TimeSpan.FromSeconds(1 + random.Next(60)) : null };
            case Weather.Broken: throw new ProviderException(UpstreamFault.Server, "It is in trouble.");
            case Weather.Denying: throw new ProviderException(UpstreamFault.Denied, "It does not take the key.");
        }
        await Wait(_speed.FirstToken(tokens));
        var cut = weather == Weather.Cutting ? random.Next(answer) : int.MaxValue;
        for (var made = 0; made < answer; made += PieceTokens)
        {
            await Wait(weather == Weather.Loris ? random.Next(90) : Math.Min(PieceTokens, answer - made) / _speed.Decode);
            if (made >= cut)
            {
                Charge(price, tokens, made);
                throw new ProviderException(UpstreamFault.Cut, "The connection ended.");
            }
            yield return new ChatResponseUpdate(ChatRole.Assistant, $"{target.Name}{made} ");
        }
        Charge(price, tokens, answer);
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = tokens, OutputTokenCount = answer })]) { FinishReason = ChatFinishReason.Stop };

        Task Wait(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), time, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    /// <inheritdoc/>
    public void Dispose() { }

    private void Charge(int price, int tokens, int made) => Spent += (target.Price ?? Price.Free).Of(tokens, made) * price;
}
