using TagSegments.Workflows;
using TagSegments.ServiceDefaults;

return await ServiceHost.RunAsync(args, WorkflowsApp.Build, typeof(WorkflowsApp).Assembly);
