using Models.Egress;

namespace Models.Tests.Egress;

[Collection(EnvironmentCollection.Name)]
public sealed class EgressPolicyTests : IDisposable
{
    public void Dispose()
    {
        Environment.SetEnvironmentVariable(EgressPolicy.OfflineVariable, null);
        Environment.SetEnvironmentVariable(EgressPolicy.PlainHttpVariable, null);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("0", false)]
    [InlineData("False", false)]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("ture", true)]
    public void FromEnvironment_Offline_AnythingThatIsNotOffCounts(string? value, bool offline)
    {
        Environment.SetEnvironmentVariable(EgressPolicy.OfflineVariable, value);

        Assert.Equal(offline, EgressPolicy.FromEnvironment().Offline);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("ture", false)]
    [InlineData("TRUE", true)]
    [InlineData("1", true)]
    public void FromEnvironment_PlainHttp_OnlyAClearYesCounts(string? value, bool allowed)
    {
        Environment.SetEnvironmentVariable(EgressPolicy.PlainHttpVariable, value);

        Assert.Equal(allowed, EgressPolicy.FromEnvironment().PlainHttp);
    }

    [Theory]
    [InlineData("https://example.org/x", true)]
    [InlineData("wss://example.org/", true)]
    [InlineData("ws://127.0.0.1:18789/", true)]
    [InlineData("ws://example.org/", false)]
    [InlineData("ws://10.0.0.1:18789/", false)]
    [InlineData("http://127.0.0.1:8080/", true)]
    [InlineData("http://[::1]/", true)]
    [InlineData("http://LOCALHOST/", true)]
    [InlineData("http://example.org/x", false)]
    [InlineData("http://127.0.0.1.example.org/", false)]
    [InlineData("http://10.0.0.1/", false)]
    [InlineData("ftp://example.org/", false)]
    [InlineData("file:///etc/passwd", false)]
    public void Check_Online_AllowsHttpsAndThisMachine(string address, bool allowed) => Check(new EgressPolicy(), address, allowed);

    [Theory]
    [InlineData("https://example.org/x", false)]
    [InlineData("https://10.0.0.1/x", false)]
    [InlineData("wss://10.0.0.1/x", false)]
    [InlineData("ws://localhost:18789/", true)]
    [InlineData("https://localhost.example.org/", false)]
    [InlineData("http://localhost:11434/", true)]
    [InlineData("http://127.1.2.3/", true)]
    [InlineData("https://[::ffff:127.0.0.1]/", true)]
    public void Check_Offline_AllowsThisMachineAlone(string address, bool allowed) =>
        Check(new EgressPolicy { Offline = true, PlainHttp = true }, address, allowed);

    [Fact]
    public void Check_PlainHttpAllowed_AllowsIt() => new EgressPolicy { PlainHttp = true }.Check(new Uri("http://mirror.example.org/"));

    [Fact]
    public void Redact_SecretsInTheAddress_AreGone() =>
        Assert.Equal("https://example.org:8443/a%20b", EgressPolicy.Redact(new Uri("https://me:pass@example.org:8443/a b?token=x#y")));

    private static void Check(EgressPolicy policy, string address, bool allowed)
    {
        if (allowed) policy.Check(new Uri(address));
        else Assert.Throws<EgressException>(() => policy.Check(new Uri(address)));
    }

    [Theory]
    [InlineData("https://example.org/", true)]
    [InlineData("http://192.168.1.5:8080/", true)]
    [InlineData("http://[fd00::1]/", true)]
    [InlineData("http://searx:8080/", true)]
    [InlineData("http://searx.lan/", true)]
    [InlineData("http://searx.home.arpa/", true)]
    [InlineData("http://127.0.0.1:1/", true)]
    [InlineData("http://example.org/", false)]
    [InlineData("http://lan.example/", false)]
    [InlineData("http://9.9.9.9/", false)]
    [InlineData("ftp://searx/", false)]
    public void CheckOwn_WithoutEncryption_OnlyOnTheOwnersNetwork(string address, bool allowed)
    {
        Assert.Equal(allowed, Passes(new EgressPolicy()));
        Assert.Equal(address.Contains("127.0.0.1", StringComparison.Ordinal), Passes(new EgressPolicy { Offline = true }));

        bool Passes(EgressPolicy policy)
        {
            try
            {
                policy.CheckOwn(new Uri(address));
                return true;
            }
            catch (EgressException)
            {
                return false;
            }
        }
    }
}
