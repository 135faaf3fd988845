namespace Appliance.Network.Discovery.Dns;

/// <summary>Kinds of records that are written and read here (RFC 1035, RFC 3596, RFC 2782); others are passed over.</summary>
internal enum DnsType : ushort
{
    A = 1,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Any = 255,
}
