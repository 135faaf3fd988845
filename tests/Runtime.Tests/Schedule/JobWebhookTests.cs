using System.Net;
using System.Text.Json.Nodes;
using Models.Egress;
using Runtime.Outbox;
using Runtime.Schedule;
using Runtime.Schedule.Jobs;
using TestKit;

namespace Runtime.Tests.Schedule;

/// <summary>What a job posts to a real server by https, and what waits while it cannot.</summary>
public sealed class JobWebhookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeServer _server;
    private readonly PublicDoor _door;
    private readonly OutboxBook _outbox;
    private readonly JobWebhook _webhook;
    private readonly Job _job;
    private bool _isOffline;
    private int _status = 200;

    public JobWebhookTests()
    {
        var own = TestCertificate.Create();
        _server = new FakeServer(_ => new FakeReply(_status), own);
        _door = new PublicDoor(new EgressPolicy { IsOfflineNow = () => _isOffline }, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), IPAddress.IsLoopback);
        _door.Tls.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == own.GetCertHashString();
        _webhook = new JobWebhook(_door, () => _outbox!);
        _outbox = new OutboxBook(_folder["outbox.jsonl"], new Dictionary<string, OutboxChannel> { [JobWebhook.Kind] = new(IsIdempotent: true, _webhook.SendAsync) }, () => _isOffline, TimeProvider.System, _ => { });
        _job = new Job { Id = "j", Name = "news", Text = "x", Schedule = new JobSchedule("at"), Delivery = new JobDelivery(JobDelivery.Webhook, $"https://hooks.example:{new Uri(_server.Address).Port}/in") };
    }

    public void Dispose()
    {
        _outbox.Dispose();
        _door.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Deliver_SomebodyIsThere_IsPostedWithItsKey()
    {
        Assert.Equal("delivered", (await DeliverAsync("r1")).Delivery);
        var request = Assert.Single(_server.Requests);
        Assert.Equal(("POST", "/in", "r1"), (request.Method, request.Target, request.Header("Idempotency-Key")));
        Assert.Equal(("j", "r1", "ok", "done"), ((string)JsonNode.Parse(request.Body)!["jobId"]!, (string)JsonNode.Parse(request.Body)!["runId"]!, (string)JsonNode.Parse(request.Body)!["status"]!, (string)JsonNode.Parse(request.Body)!["summary"]!));
        Assert.Empty(_outbox.All);
    }

    [Fact]
    public async Task Deliver_Offline_WaitsAndIsPostedInOrderWhenOfflineEnds()
    {
        _isOffline = true;
        foreach (var run in (string[])["r1", "r2", "r2"]) Assert.Equal("queued", (await DeliverAsync(run)).Delivery);
        Assert.Equal(["r1", "r2"], _outbox.All.Select(entry => entry.Key));
        Assert.Empty(_server.Requests);
        _isOffline = false;
        // What comes later does not pass what waits.
        await DeliverAsync("r3");
        _outbox.Wake();
        for (var round = 0; round < 100 && _outbox.All.Count > 0; round++)
        {
            _outbox.Retry(null);
            await _outbox.IdleAsync();
        }
        Assert.Equal(["r1", "r2", "r3"], _server.Requests.Select(request => request.Header("Idempotency-Key")));
        Assert.Equal("delivered", (await DeliverAsync("r4")).Delivery);
    }

    [Fact]
    public async Task Deliver_ItIsRefused_IsToldAndNotTriedAgain()
    {
        _status = 403;
        var outcome = await DeliverAsync("r1");
        Assert.Equal(("not-delivered", "The webhook answered 403."), (outcome.Delivery, outcome.DeliveryError));
        Assert.Empty(_outbox.All);
    }

    private Task<JobOutcome> DeliverAsync(string run) => _webhook.DeliverAsync(_job, new JobRun(run, _job.Id, null, 1, 0), new JobOutcome(true) { Summary = "done" }, CancellationToken.None);
}
