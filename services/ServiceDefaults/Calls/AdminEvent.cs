namespace TagSegments.ServiceDefaults.Calls;

/// <summary>A call of an administrator.</summary>
/// <param name="Id">A UUID of version 7, so that events are in the order of their times.</param>
/// <param name="Account">The account that it was about; empty for calls of the platform.</param>
/// <param name="At">When it was made.</param>
/// <param name="Actor">Who made it.</param>
/// <param name="Call">The call, such as <c>crm.accounts.v1.AccountService/CreateApiKey</c>.</param>
/// <param name="Named">What the request named, as JSON.</param>
public sealed record AdminEvent(Guid Id, string Account, DateTimeOffset At, string Actor, string Call, string Named);
