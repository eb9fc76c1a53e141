using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>What imports of every kind write with.</summary>
/// <remarks>
/// The connections plan each statement once and for indexes: the tables of a new installation have no statistics, and a plan that fits them while
/// they are empty reads everything later.
/// </remarks>
internal sealed class ImportTools(GenericPlanPool pool, KeptRefusals refusals, TimeProvider time)
{
    /// <summary>The connections.</summary>
    public AccountDatabase Database => pool.Connections;

    /// <summary>The refusals of people whose data was erased.</summary>
    public KeptRefusals Refusals => refusals;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;
}
