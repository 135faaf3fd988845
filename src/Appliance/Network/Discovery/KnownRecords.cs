using System.Net.Sockets;
using Appliance.Network.Discovery.Dns;

namespace Appliance.Network.Discovery;

/// <summary>What was heard of gateways. Safe for several threads; memory is bounded.</summary>
internal sealed class KnownRecords
{
    private const int Most = 1024;

    private readonly Lock _lock = new();
    private readonly List<DnsRecord> _records = [];

    /// <summary>Takes what a message says; what is taken back is forgotten.</summary>
    public void Take(DnsMessage message)
    {
        lock (_lock)
        {
            foreach (var record in message.Answers.Concat(message.Additional))
            {
                _records.RemoveAll(known => known.IsSameAs(record));
                if (record.Ttl > 0 && _records.Count < Most) _records.Add(record);
            }
        }
    }

    /// <summary>What is known of who is there, so that it is not told again.</summary>
    public IReadOnlyList<DnsRecord> Pointers()
    {
        lock (_lock) return [.. _records.Where(IsPointer).Take(16)];
    }

    /// <summary>What is still to be asked: who else is there, and what is missing of those who are known.</summary>
    public IReadOnlyList<DnsQuestion> Missing()
    {
        lock (_lock)
        {
            List<DnsQuestion> missing = [new(Beacon.Kind, DnsType.Ptr)];
            foreach (var pointer in _records.Where(IsPointer).Take(16))
            {
                if (Find(pointer.Target!, DnsType.Srv) is not { } service) missing.Add(new(pointer.Target!, DnsType.Srv));
                else if (Find(service.Target!, DnsType.A) is null && Find(service.Target!, DnsType.Aaaa) is null) missing.Add(new(service.Target!, DnsType.A));
                if (Find(pointer.Target!, DnsType.Txt) is null) missing.Add(new(pointer.Target!, DnsType.Txt));
            }
            return missing;
        }
    }

    /// <summary>Those that are known well enough to be called.</summary>
    public IReadOnlyList<FoundGateway> Gateways()
    {
        lock (_lock)
        {
            return
            [
                .. from pointer in _records.Where(IsPointer)
                   let service = Find(pointer.Target!, DnsType.Srv)
                   where service is not null
                   select new FoundGateway(pointer.Target!, service.Target!.ToString(), service.Port,
                       [.. _records.Where(record => record.Address is not null && record.Name.Equals(service.Target)).Select(record => record.Address!).OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)],
                       Find(pointer.Target!, DnsType.Txt)?.Texts ?? []),
            ];
        }
    }

    private static bool IsPointer(DnsRecord record) => record is { Type: DnsType.Ptr, Target: not null } && record.Name.Equals(Beacon.Kind);

    private DnsRecord? Find(DnsName name, DnsType type) => _records.FirstOrDefault(record => record.Type == type && record.Name.Equals(name));
}
