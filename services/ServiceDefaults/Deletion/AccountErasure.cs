using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Deletion;

/// <summary>How a service erases an account.</summary>
/// <param name="Service">The name of the service.</param>
/// <param name="Function">The function of the database that erases rows: <c>(account_id int, most int)</c> returns how many, null if another process is at it.</param>
/// <param name="BeginAsync">Erases what is not in the database; false if it is not the service's turn yet.</param>
/// <param name="EndAsync">Reports that nothing is left.</param>
public sealed record AccountErasure(
    string Service,
    string Function,
    Func<ClosedAccount, CancellationToken, Task<bool>> BeginAsync,
    Func<ClosedAccount, CancellationToken, Task> EndAsync);
