namespace Runtime.Outbox;

/// <summary>A way by which entries are sent.</summary>
/// <param name="IsIdempotent">
/// True where the other side takes an entry once however often it is sent with its key. Where it does not, what a crash cut off is held, and
/// its owner decides: so nothing is said twice.
/// </param>
/// <param name="SendAsync">Sends one. Throws a <see cref="DeliveryException"/> where it is not sent, or may not have been.</param>
public sealed record OutboxChannel(bool IsIdempotent, Func<OutboxEntry, CancellationToken, Task> SendAsync);
