using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Models.Egress;
using Runtime.Outbox;
using Runtime.Schedule.Jobs;

namespace Runtime.Schedule;

/// <summary>
/// Posts what came of runs to the addresses that jobs name: by https, to the public Internet alone, and never after a redirect. What is
/// told of a failure does not tell an open port from a closed one. Safe for several threads.
/// </summary>
/// <param name="door">The way out.</param>
/// <param name="outbox">Where an answer waits that cannot go out just now; null where it is given up then.</param>
public sealed class JobWebhook(PublicDoor door, Func<OutboxBook>? outbox = null)
{
    /// <summary>What the outbox calls this way.</summary>
    public const string Kind = "webhook";

    private const string NotThere = "The webhook's address could not be reached.";

    /// <summary>Takes care of a run's answer.</summary>
    /// <returns>The outcome, with what became of the answer.</returns>
    public async Task<JobOutcome> DeliverAsync(Job job, JobRun run, JobOutcome outcome, CancellationToken cancellation)
    {
        if (job.Delivery is null or { Mode: "none" }) return outcome with { Delivery = "not-requested" };
        if (job.Delivery is not { Mode: JobDelivery.Webhook, To: { } to })
            return outcome with { Delivery = "not-delivered", DeliveryError = "There are no channels on this gateway yet; the answer stands in the session of the run." };
        var (address, body) = (Check(to), Body(job, run, outcome));
        try
        {
            if (outbox?.Invoke().IsWaiting(Kind, address.AbsoluteUri) == true) throw new DeliveryException(DeliveryFault.NotSent, NotThere);
            await PostAsync(address, body, run.Id, cancellation);
            return outcome with { Delivery = "delivered" };
        }
        catch (DeliveryException e) when (e.Fault == DeliveryFault.NotSent && outbox is not null)
        {
            return outbox().Add(Kind, address.AbsoluteUri, Encoding.UTF8.GetString(body), run.Id) is null ? outcome with { Delivery = "delivered" } : outcome with { Delivery = "queued", DeliveryError = e.Message };
        }
        catch (DeliveryException e)
        {
            return outcome with { Delivery = "not-delivered", DeliveryError = e.Message };
        }
    }

    /// <summary>Posts what has waited. Its key goes with it (<c>Idempotency-Key</c>), so that whoever looks at that takes it once.</summary>
    public Task SendAsync(OutboxEntry entry, CancellationToken cancellation) => PostAsync(Check(entry.To), Encoding.UTF8.GetBytes(entry.Body), entry.Key, cancellation);

    /// <summary>The address of a webhook.</summary>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static Uri Check(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0
            ? address : throw new ScheduleException("A webhook's address begins with https:// and has no password in it.");

    private async Task PostAsync(Uri address, byte[] body, string key, CancellationToken cancellation)
    {
        try
        {
            using var client = door.CreateHttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
            request.Headers.Add("Idempotency-Key", key);
            using var response = await client.SendAsync(request, cancellation);
            if (response.IsSuccessStatusCode) return;
            throw new DeliveryException((int)response.StatusCode is 429 or >= 500 ? DeliveryFault.Unknown : DeliveryFault.Refused, $"The webhook answered {(int)response.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or EgressException)
        {
            // An address that is not public is told from one that is not there by nothing.
            var isLater = door.Policy.Offline || (e is HttpRequestException { InnerException: not EgressException } http && DeliveryException.FaultOf(http) == DeliveryFault.NotSent);
            throw new DeliveryException(isLater ? DeliveryFault.NotSent : DeliveryFault.Unknown, NotThere, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new DeliveryException(DeliveryFault.Unknown, NotThere, e);
        }
    }

    private static byte[] Body(Job job, JobRun run, JobOutcome outcome)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("jobId", job.Id);
            json.WriteString("name", job.Name);
            json.WriteString("runId", run.Id);
            json.WriteString("status", outcome.IsOk ? "ok" : "error");
            json.WriteString("summary", outcome.Summary);
            json.WriteString("error", outcome.Error);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
