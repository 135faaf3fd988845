using Models.Crypto;
using TestKit;

namespace Models.Tests.Crypto;

public sealed class BoxKeyTests
{
    [Fact]
    public async Task Open_ByManyAtOnce_IsOneKey_WhichStays()
    {
        for (var round = 0; round < 20; round++)
        {
            using var home = new TemporaryFolder();
            using var start = new ManualResetEventSlim();
            var opening = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() => { start.Wait(); return BoxKey.Open(home.Path).Id; }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            start.Set();
            Assert.Equal(BoxKey.Open(home.Path).Id, Assert.Single((await Task.WhenAll(opening)).Distinct()));
        }
    }
}
