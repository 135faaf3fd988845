using System.Net.Http.Headers;
using System.Text.Json;
using Models;
using Models.Egress;
using Runtime.Schedule.Jobs;

namespace Runtime.Schedule;

/// <summary>
/// Posts what came of runs to the addresses that jobs name: by https, to the public Internet alone, and never after a redirect. What is
/// told of a failure does not tell an open port from a closed one. Safe for several threads.
/// </summary>
/// <param name="door">The way out.</param>
public sealed class JobWebhook(PublicDoor door)
{
    private const string NotThere = "The webhook's address could not be reached.";

    /// <summary>Takes care of a run's answer.</summary>
    /// <returns>The outcome, with what became of the answer.</returns>
    public async Task<JobOutcome> DeliverAsync(Job job, JobRun run, JobOutcome outcome, CancellationToken cancellation)
    {
        if (job.Delivery is null or { Mode: "none" }) return outcome with { Delivery = "not-requested" };
        if (job.Delivery is not { Mode: JobDelivery.Webhook, To: { } to })
            return outcome with { Delivery = "not-delivered", DeliveryError = "There are no channels on this gateway yet; the answer stands in the session of the run." };
        return await PostAsync(Check(to), job, run, outcome, cancellation) is { } fault
            ? outcome with { Delivery = "not-delivered", DeliveryError = fault }
            : outcome with { Delivery = "delivered" };
    }

    /// <summary>The address of a webhook.</summary>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static Uri Check(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0
            ? address : throw new ScheduleException("A webhook's address begins with https:// and has no password in it.");

    private async Task<string?> PostAsync(Uri address, Job job, JobRun run, JobOutcome outcome, CancellationToken cancellation)
    {
        try
        {
            using var client = door.CreateHttpClient();
            using var content = new ByteArrayContent(Body(job, run, outcome));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await client.PostAsync(address, content, cancellation);
            return response.IsSuccessStatusCode ? null : $"The webhook answered {(int)response.StatusCode}.";
        }
        catch (Exception e) when (e is HttpRequestException or ModelException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return NotThere;
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
