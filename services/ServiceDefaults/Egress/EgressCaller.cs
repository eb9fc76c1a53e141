namespace TagSegments.ServiceDefaults.Egress;

/// <summary>The one for whom a call is made.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="CallsPerSecond">The most calls per second of the account, to all hosts together.</param>
public readonly record struct EgressCaller(int AccountId, int CallsPerSecond)
{
    /// <summary>The operator, who has named the destination and limits its use elsewhere.</summary>
    public static readonly EgressCaller Operator;
}
